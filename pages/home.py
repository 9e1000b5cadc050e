from kdviz.ui.frame.server import open_store
from kdviz.ui.frame.shell import through_router
from kdviz.ui.home.home import home

through_router()
home(open_store())
