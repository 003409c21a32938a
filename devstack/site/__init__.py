"""A demo course site: affiliate links, RudderStack's own SDK in the browser, and a checkout."""
