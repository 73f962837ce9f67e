"""Who gets what at every address: the permission matrix.

A line is "METHOD route arguments": one status for each kind of person. Arguments are names of objects in world.py.
A new address without a line here fails test_matrix.py. 302 for nobody signed in means: to the sign-in page.
Posts are empty unless world.py has a form for the line; 422 then means that the person was let in.
"""

KINDS = ("nobody", "member", "lead", "stranger", "officer", "admin")  # stranger: lead of another team

# Open to everybody, signed in or not. Everything else is not.
PUBLIC = {
    "dashboard:home",
    "dashboard:healthz",
    "dashboard:readyz",
    "accounts:sign_in",
    "accounts:sign_out",
    "catalog:list",
    "catalog:model",
    "reports:verify",
    "reports:verify_hash",
    "ui:styleguide",  # exists in tests and with DEBUG only
    ":admin/login/",
}

MATRIX: dict[str, tuple[int, int, int, int, int, int]] = {
    # line                                        nobody member lead stranger officer admin
    "GET dashboard:home": (200, 200, 200, 200, 200, 200),
    "GET dashboard:healthz": (200, 200, 200, 200, 200, 200),
    "GET dashboard:readyz": (200, 200, 200, 200, 200, 200),
    "GET ui:styleguide": (200, 200, 200, 200, 200, 200),
    # accounts
    "GET accounts:sign_in": (200, 302, 302, 302, 302, 302),
    "POST accounts:sign_in": (422, 302, 302, 302, 302, 302),
    "POST accounts:sign_out": (302, 302, 302, 302, 302, 302),
    "GET accounts:teams": (302, 200, 200, 200, 200, 200),
    "GET accounts:team team": (302, 200, 200, 404, 404, 404),
    "POST accounts:team team": (302, 403, 422, 404, 404, 404),
    "POST accounts:remove_member team membership": (302, 403, 302, 404, 404, 404),
    "GET :admin/login/": (302, 403, 403, 403, 403, 403),
}
