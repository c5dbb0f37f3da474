"""Colours of a contract made readable: contrast as WCAG 2.2 measures it, shades until the contrast is there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WHITE = "#ffffff"
BLACK = "#000000"
TEXT_CONTRAST = 4.5
STRONG_CONTRAST = 7.0
DEEP_CONTRAST = 9.0
MARK_CONTRAST = 3.0
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Palette:
    """The shades a page uses, each named for its part; ``as_properties`` are the CSS custom properties."""

    brand: str
    brand_strong: str
    brand_deep: str
    brand_tint: str
    brand_edge: str
    accent: str
    accent_edge: str

    @property
    def as_properties(self) -> Mapping[str, str]:
        """Name → value of every custom property."""
        return {f"--{name.replace('_', '-')}": getattr(self, name) for name in self.__dataclass_fields__}


def palette(primary: str, accent: str) -> Palette:
    """Shades of a contract's two colours that hold WCAG 2.2 contrasts (1.4.3, 1.4.11) whatever the contract says.

    ``brand`` carries white text and is text on the page's own paper (4.5:1 there); ``brand_deep`` is the ground of
    the navigation (9:1 with white); ``accent`` carries white text; ``accent_edge`` is a line (3:1 on white).
    """
    brand = darkened(primary, against="#eef0ef", until=TEXT_CONTRAST)
    return Palette(
        brand=brand,
        brand_strong=darkened(primary, against=WHITE, until=STRONG_CONTRAST),
        brand_deep=darkened(mixed(brand, BLACK, 0.22), against=WHITE, until=DEEP_CONTRAST),
        brand_tint=mixed(brand, WHITE, 0.91),
        brand_edge=mixed(brand, WHITE, 0.66),
        accent=darkened(accent, against=WHITE, until=TEXT_CONTRAST),
        accent_edge=darkened(accent, against=WHITE, until=MARK_CONTRAST),
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def darkened(colour: str, *, against: str, until: float) -> str:
    """The colour, made darker only as far as this contrast with a light ground asks."""
    for step in range(_STEPS + 1):
        darker = mixed(colour, BLACK, step / _STEPS)
        if contrast(darker, against) >= until:
            return darker
    return BLACK


def mixed(one: str, other: str, share: float) -> str:
    """``share`` of the other colour in the one, 0 to 1."""
    parts = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
