"""The web pages of the local system: a demo course site that sells a course, and the affiliate portal.

The site has affiliate links, RudderStack's own SDK and a checkout. Others use `app.site` and `portal.portal`.
"""
