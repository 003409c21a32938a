"""Amazon API Gateway on this machine: it checks the signature of a request, and `chalice local` answers it.

Others use `gateway.apigateway`, `chalice_local.chalice_local`, and `sigv4` to sign requests.
"""
