"""The blueprints of the room."""

from flask import Blueprint

blueprint = Blueprint("reviews", __name__, template_folder="templates")
report_blueprint = Blueprint("reports", __name__, template_folder="templates")
