"""RudderStack on this machine: its HTTP API, and the changes that its server makes to an event.

Others use `gateway.gateway`, and `processor` and `gojson` to make a document as RudderStack delivers it.
"""
