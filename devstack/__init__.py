"""The whole system on one machine: stand-ins for everything around the Chalice app that is not ours."""
