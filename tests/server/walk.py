"""A citizen's way through the pages, form by form, without scripts."""

import re

import births


def typed(form, name):
    """What is typed into the field `name` ("child.born_on.day") for the answers `form`; None when there is no answer."""
    parts = name.split(".")
    at = form
    for i, part in enumerate(parts):
        if isinstance(at, dict) and part in at:
            at = at[part]
            continue
        if isinstance(at, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", at) and i == len(parts) - 1 and part in ("day", "month", "year"):
            year, month, day = at.split("-")
            return {"day": day, "month": month, "year": year}[part]
        return None
    if isinstance(at, bool):
        return "true" if at else "false"
    return None if isinstance(at, (dict, list)) else str(at)


def answers(page_form, form, only=None):
    found = {}
    for name in page_form.names:
        value = typed(form, name)
        if value is not None and (only is None or name in only):
            found[name] = value
    return found


def to_review(browser, unit, form, papers=("birth_notification", "requester_identity")):
    """From the procedure's page to the review; the address of the draft."""
    browser.get("/nop/dang-ky-khai-sinh")
    browser.send({"agency": unit}, "/nop/dang-ky-khai-sinh")
    for _ in range(12):
        if browser.path.endswith("/xem-lai"):
            return browser.path
        here = browser.path
        page_form = browser.form("/nop/", None)
        files = [(paper, paper + ".png", "image/png", births.png()) for paper in papers if paper in page_form.names] or None
        sent = answers(page_form, form)
        got = browser.send(sent, "/nop/", files=files)
        assert got.status == 200 and browser.path != here, f"{here}: {got.status} {browser.words[:1500]}"
    raise AssertionError("the review was never reached: " + browser.path)


def file_by_pages(browser, unit, form):
    """Files; the form sent last as (address, fields), and where it led."""
    to_review(browser, unit, form)
    page_form = browser.form("/nop/")
    fields = {**page_form.fields, **answers(page_form, form)}
    address = page_form.action or browser.path
    got = browser.post(address, fields, follow=False)
    assert got.status == 303, f"{got.status} {browser.words[:1500]}"
    return (address, fields), got.header("Location")
