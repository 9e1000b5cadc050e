"""Pages of contexts that are used again, because a process that has compiled the app's scripts shows a page in 2/3 of the time."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, Page

from tests.patience import PATIENCE_MS

STORED = "local_storage,indexeddb,cache_storage,service_workers"
_idle: WeakKeyDictionary[Browser, dict[str, list[BrowserContext]]] = WeakKeyDictionary()
"""Of each browser, the contexts that no test uses, by their options."""


@contextmanager
def kept_page(browser: Browser, options: dict[str, Any]) -> Iterator[Page]:
    """A new page that knows nothing of earlier ones: cookies and what they stored are removed.

    options: of the context. After a failure it is closed.
    """
    idle = _idle.setdefault(browser, defaultdict(list))[repr(sorted(options.items()))]
    context = idle.pop() if idle else _with_a_process(browser.new_context(**options))
    try:
        yield context.new_page()
        _forget(context)
    except BaseException:
        context.close()
        raise
    idle.append(context)


def _with_a_process(context: BrowserContext) -> BrowserContext:
    """With an empty page of the host, whose process the pages of the app share by `--process-per-site`."""
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.route("http://localhost/", lambda route: route.fulfill(content_type="text/html", body=""))
    page.goto("http://localhost/")
    return context


def _forget(context: BrowserContext) -> None:
    """Closes all pages but the first, and removes what they have stored."""
    first, *pages = context.pages
    visited = {"{0.scheme}://{0.netloc}".format(urlsplit(page.url)) for page in pages}
    for page in pages:
        page.close()
    context.clear_cookies()
    session = context.new_cdp_session(first)
    for origin in visited:
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": STORED})
    session.detach()
