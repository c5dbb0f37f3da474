"""The blueprint of the room."""

from flask import Blueprint

blueprint = Blueprint("console", __name__, template_folder="templates")
