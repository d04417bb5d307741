"""Azure's regions by cloud, their short names, and where features are offered. Source: schemas/regions.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.fact_evidence import Evidence, read_evidence
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.suggest import most_alike_names, nearest_name

Path = tuple[str, ...]


def region_short_name(name: str) -> str:
    """The short name of a region in any spelling: Azure compares without case and spaces."""
    return "".join(name.split()).lower()


def cloud_of_region(name: str) -> str | None:
    """The cloud that has a region of this name; None for an unknown region."""
    return next((cloud for cloud, regions in regions_by_cloud().items() if region_short_name(name) in regions), None)


def regions_by_cloud() -> Mapping[str, Mapping[str, str]]:
    """Cloud → short name → display name."""
    regions: Mapping[str, Mapping[str, str]] = load_facts("regions.yaml")["clouds"]
    return regions


def manifest_locations(manifest: Manifest) -> Iterator[tuple[Path, str]]:
    """The path and the name of every region in a manifest."""
    yield ("target", "location"), manifest.target.location
    yield ("workspace", "location"), manifest.workspace.location
    if manifest.endpoint:
        yield ("endpoint", "location"), manifest.endpoint.location


def region_evidence(name: str) -> tuple[Evidence, ...]:
    """What is known of a region: the list that has it, or who saw one that no list has; empty for an unknown one."""
    facts, short_name = load_facts("regions.yaml"), region_short_name(name)
    seen = [entry for group in facts["seen"] if short_name in group["names"] for entry in group["evidence"]]
    if seen:
        return read_evidence(seen)
    return () if cloud_of_region(name) is None else read_evidence([{"kind": "documented", **facts["listed"]}])


def offer_evidence(feature: str, cloud: str, region: str) -> tuple[Evidence, ...] | None:
    """What is known of a feature in a region of a cloud; None where nothing speaks against it.

    Empty where it is doubtful and no page says.
    """
    offer: Mapping[str, Any] = load_facts("regions.yaml")["offers"][feature]
    entries = offer["clouds"].get(cloud, offer["regions"].get(region_short_name(region)))
    return None if entries is None else read_evidence(entries)


def silence_note(feature: str) -> str:
    """What no page says of a feature."""
    return str(load_facts("regions.yaml")["offers"][feature]["silence"])


def respelt_region(name: str) -> str | None:
    """The known region that a name means and differs from in case, spaces and punctuation alone; None for none."""
    letters = _letters(name)
    return next((region for regions in regions_by_cloud().values() for region in regions if region == letters), None)


def near_regions(name: str) -> list[str]:
    """Known regions of the geography that an unknown name speaks of, the nearest spellings first; at most five.

    Empty where the name speaks of no known geography: the nearest spelling may then lie on another continent.
    """
    letters = _letters(name)
    geography = geography_of_region(letters) or _misspelt_geography(letters)
    regions = [region for listed in regions_by_cloud().values() for region in listed]
    same_geography = [region for region in regions if geography and geography_of_region(region) == geography]
    return most_alike_names(letters, same_geography, 5)


def geography_of_region(name: str) -> str | None:
    """The word for its geography in a region's short name, `india` of centralindia; None where it has none."""
    return next((word for word in _geography_words() if word in name), None)


def _misspelt_geography(letters: str) -> str | None:
    """The geography of which a part of some letters is a misspelling, as `europa` and `eurpe` are of `europe`."""
    for word in _geography_words():
        # Parts of the word's length, of one letter more and one less; a short word resembles too much.
        lengths = range(len(word) - 1, len(word) + 2) if len(word) > 4 else ()
        parts = (letters[start : start + length] for length in lengths for start in range(len(letters) - length + 1))
        if any(nearest_name(part, [word]) for part in parts):
            return word
    return None


def _geography_words() -> list[str]:
    words: list[str] = load_facts("regions.yaml")["geography_words"]
    return words


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
