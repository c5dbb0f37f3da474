"""The blueprints of the room: the pages that read cases, and those on which a request is made."""

from flask import Blueprint

read_blueprint = Blueprint("casebook", __name__, template_folder="templates")
draft_blueprint = Blueprint("cases", __name__, template_folder="templates")
requirement_blueprint = Blueprint("requirement", __name__, template_folder="templates")
