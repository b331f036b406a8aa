# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Pieces of configuration that several tests share."""

TENANT = """\
Auth0Issuer https://tenant.example/ file:${DIR}/keys.json
Auth0Audience https://api.example.com/orders
"""

#: Whatever the path, the answer is the same page.
ANYTHING = 'AliasMatch "^/" "${DIR}/htdocs/page.html"\n'
PAGE = {"htdocs/page.html": "the orders\n"}


def location(path, *lines):
    """A section that this module protects."""
    body = "\n".join(["AuthType Auth0", *lines])
    return f"<Location {path}>\n{body}\n</Location>\n"


def table(cases):
    """The arguments of parametrize for cases with their names in front."""
    values = [c[1] if len(c) == 2 else c[1:] for c in cases]
    return {"argvalues": values, "ids": [c[0] for c in cases]}
