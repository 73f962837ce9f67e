"""Who gets what at every address: the permission matrix.

A line is "METHOD route arguments": one status for each kind of person. Arguments are names of objects in world.py;
one with a plus has to be there, but is no part of the address.
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
    "catalog:changes",
    "catalog:compare",
    "catalog:cost",
    "catalog:export_csv",
    "catalog:export_json",
    "catalog:history",
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
    "GET dashboard:impact model": (302, 403, 403, 403, 403, 200),
    # accounts
    "GET accounts:sign_in": (200, 302, 302, 302, 302, 302),
    "POST accounts:sign_in": (422, 302, 302, 302, 302, 302),
    "POST accounts:sign_out": (302, 302, 302, 302, 302, 302),
    "GET accounts:change_password": (302, 200, 200, 200, 200, 200),
    "POST accounts:change_password": (302, 422, 422, 422, 422, 422),
    "GET accounts:teams": (302, 200, 200, 200, 200, 200),
    "GET accounts:team team": (302, 200, 200, 404, 404, 404),
    "POST accounts:team team": (302, 403, 422, 404, 404, 404),
    "POST accounts:remove_member team membership": (302, 403, 302, 404, 404, 404),
    # catalog
    "GET catalog:list": (200, 200, 200, 200, 200, 200),
    "GET catalog:model model": (200, 200, 200, 200, 200, 200),
    "GET catalog:history model": (200, 200, 200, 200, 200, 200),
    "GET catalog:changes": (200, 200, 200, 200, 200, 200),
    "GET catalog:compare": (200, 200, 200, 200, 200, 200),
    "GET catalog:cost": (200, 200, 200, 200, 200, 200),
    "GET catalog:export_csv": (200, 200, 200, 200, 200, 200),
    "GET catalog:export_json": (200, 200, 200, 200, 200, 200),
    # assessments
    "GET assessments:list": (302, 200, 200, 200, 200, 200),
    "GET assessments:start +questionnaire": (302, 200, 200, 200, 403, 403),
    "POST assessments:start +questionnaire": (302, 422, 422, 422, 403, 403),
    "POST assessments:rename draft": (302, 422, 422, 404, 404, 404),
    "GET assessments:overview draft": (302, 302, 302, 404, 404, 404),
    "GET assessments:section draft section": (302, 200, 200, 404, 404, 404),
    "POST assessments:section draft section": (302, 302, 302, 404, 404, 404),
    "GET assessments:check draft": (302, 200, 200, 404, 404, 404),
    "GET assessments:migrate draft": (302, 302, 302, 404, 404, 404),
    "POST assessments:migrate draft": (302, 302, 302, 404, 404, 404),
    "POST assessments:delete draft": (302, 403, 302, 404, 404, 404),
    # selector
    "GET selector:result selector": (302, 200, 200, 404, 404, 404),
    "GET selector:own_idea selector": (302, 200, 200, 404, 404, 404),
    "POST selector:own_idea selector": (302, 422, 422, 404, 404, 404),
    "POST selector:test_own_idea selector": (302, 422, 422, 404, 404, 404),
    "POST selector:test_risk selector use_case": (302, 302, 302, 404, 404, 404),
    # risktest
    "GET risktest:result draft": (302, 200, 200, 404, 404, 404),
    # reviews
    "GET reviews:queue": (302, 403, 403, 403, 200, 403),
    "POST reviews:submit draft": (302, 403, 302, 404, 404, 404),
    "GET reviews:review submitted": (302, 200, 200, 404, 200, 404),
    "POST reviews:claim submitted": (302, 403, 403, 404, 302, 404),
    "POST reviews:release claimed": (302, 403, 403, 404, 302, 404),
    "POST reviews:withdraw submitted": (302, 403, 302, 404, 403, 404),
    "POST reviews:start_again rejected": (302, 302, 302, 404, 403, 404),
    "POST reviews:decide claimed": (302, 403, 403, 404, 422, 404),
    "POST reviews:comment claimed": (302, 422, 422, 404, 422, 404),
    "POST reviews:condition_report decided condition": (302, 403, 422, 404, 403, 404),
    "POST reviews:condition_accept decided condition": (302, 403, 403, 404, 409, 404),
    "POST reviews:condition_return decided condition": (302, 403, 403, 404, 422, 404),
    # reports
    "GET reports:draft_pdf draft": (302, 200, 200, 404, 404, 404),
    "GET reports:pdf submitted": (302, 200, 200, 404, 200, 404),
    "GET reports:record decided": (302, 200, 200, 404, 200, 404),
    "GET reports:model_pdf model": (302, 200, 200, 200, 200, 200),
    "GET reports:verify": (200, 200, 200, 200, 200, 200),
    "GET reports:verify_hash sha256": (200, 200, 200, 200, 200, 200),
    # the administration pages themselves: test_admin_pages_are_for_admins_only
    "GET :admin/password_change/": (302, 302, 302, 302, 302, 302),
    "GET :admin/login/": (302, 403, 403, 403, 403, 403),
}
