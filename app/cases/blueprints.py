"""The blueprint of the pages that read cases. The making of a request has its own."""

from flask import Blueprint

read_blueprint = Blueprint("casebook", __name__, template_folder="templates")
