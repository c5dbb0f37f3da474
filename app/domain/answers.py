"""What an answer to a question may be. Knows no question and no form."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

Single = bool | str | Decimal | date | tuple[str, ...]
Entry = Mapping[str, Single]
Answer = Single | tuple[Entry, ...]
Answers = Mapping[str, Answer]
