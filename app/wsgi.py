"""The door for a WSGI server: ``granian --interface wsgi app.wsgi:application``.

Must not hold any rule or setting of its own.
"""

import os

from app.factory import create_app
from app.settings import Settings
from app.storage.following import follow
from app.web.request import portal_of

application = create_app(Settings.from_env(os.environ))
follow(portal_of(application).contracts, portal_of(application).databases.control)
