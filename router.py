"""The router: the page's frame, and one call into kdviz.ui."""

from kdviz.ui.frame.shell import route

route()
