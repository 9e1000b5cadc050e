from kdviz.ui.engine import open_store
from kdviz.ui.home import home
from kdviz.ui.shell import through_router

through_router()
home(open_store())
