"""Every region moved: away from each other, to another cloud, to nowhere (section 8)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.blind.base_manifests import GUID, leading_table, set_in_table, set_plan, set_value
from tests.support.blind.mutant import Change, Manifest, Operator


def regions() -> Iterator[Operator]:
    """Every region moved: away from each other, to another cloud, to nowhere (section 8)."""

    def elsewhere(manifest: Manifest) -> str:
        return {"public": "uksouth", "usgovernment": "usgovarizona"}[manifest["target"].get("cloud", "public")]

    def pinned(manifest: Manifest) -> str:
        return str(manifest["workspace"].get("location", manifest["target"]["location"]))

    def move(*path: str, pin: bool = True) -> Change:
        def change(manifest: Manifest) -> None:
            if pin and isinstance(manifest.get("endpoint"), dict):
                manifest["endpoint"].setdefault("location", pinned(manifest))
            manifest.pop("environments", None)
            set_value(*path)(elsewhere(manifest))(manifest)

        return change

    yield Operator("the endpoint stands elsewhere", "refused", move("endpoint", "location"))
    yield Operator(
        "the workspace stands elsewhere", "refused", lambda m: m["endpoint"] and move("workspace", "location")(m)
    )
    yield Operator(
        "the workspace moves and the rest follows",
        "legal",
        lambda m: (
            (m.pop("environments", None))
            or (m["endpoint"].pop("location", None))
            or set_value("workspace", "location")(elsewhere(m))(m)
        ),
    )
    yield Operator(
        "the target moves and the workspace stays",
        "legal",
        lambda m: set_value("workspace", "location")(pinned(m))(m) or set_value("target", "location")(elsewhere(m))(m),
    )
    yield Operator(
        "an overlay moves the workspace alone",
        "refused",
        lambda m: (
            m["endpoint"]["location"],  # without one it follows the workspace
            m["environments"]["prod"].pop("endpoint", None),
            m["environments"]["prod"]["workspace"].__setitem__("location", "uksouth"),
        ),
        "",
        "prod",
    )
    yield Operator(
        "an overlay moves the endpoint alone",
        "refused",
        lambda m: m["environments"]["prod"]["endpoint"].__setitem__("location", "uksouth"),
        "",
        "prod",
    )
    existing = {
        "id": f"/subscriptions/{GUID}/resourceGroups/rg/providers/Microsoft.Insights/dataCollectionEndpoints/dce-x"
    }
    yield Operator(
        "an existing endpoint elsewhere",
        "refused",
        lambda m: [m.pop("environments", None), set_value("endpoint")({**existing, "location": elsewhere(m)})(m)],
    )
    for section in ("target", "workspace", "endpoint"):
        for bad in ("westeuropa", "west-europe", "atlantis", "europe", "", "global", "eastus4", "ukwset"):
            yield Operator(f"{section} in {bad!r}", "refused", set_value(section, "location")(bad), bad)
    for old, new in (
        ("westeurope", "West Europe"),
        ("northeurope", "North Europe"),
        ("usgovvirginia", "US Gov Virginia"),
        ("westeurope", "WestEurope"),
    ):

        def spelled(manifest: Manifest, old: str = old, new: str = new) -> None:
            if manifest["target"]["location"] != old:
                raise LookupError(old)
            manifest["target"]["location"] = new

        yield Operator(f"target in {new!r}", "dropped" if " " in new else "legal", spelled, new if " " in new else "")
    for cloud, region in (
        ("public", "usgovvirginia"),
        ("public", "chinaeast2"),
        ("usgovernment", "westeurope"),
        ("usgovernment", "chinanorth3"),
        ("china", "eastus"),
        ("china", "usgovtexas"),
    ):

        def abroad(manifest: Manifest, cloud: str = cloud, region: str = region) -> None:
            manifest.pop("environments", None)
            for section in ("workspace", "endpoint"):
                if isinstance(manifest.get(section), dict):
                    manifest[section].pop("location", None)
            manifest["target"].update(cloud=cloud, location=region)

        yield Operator(f"{region} in the cloud {cloud}", "refused", abroad, region)

    def auxiliary(cloud: str, region: str) -> Change:
        def change(manifest: Manifest) -> None:
            manifest.pop("environments", None)
            for section in ("workspace", "endpoint"):
                if isinstance(manifest.get(section), dict):
                    manifest[section].pop("location", None)
            leading_table(manifest)
            set_plan(manifest, "auxiliary")
            set_in_table("plan", "auxiliary")(manifest)
            manifest["target"].update(cloud=cloud, location=region)

        return change

    yield Operator("Auxiliary in another cloud", "dropped", auxiliary("china", "chinaeast2"))
    yield Operator("Auxiliary in Qatar", "dropped", auxiliary("public", "qatarcentral"))
    yield Operator(
        "a rule's own endpoint in another cloud",
        "dropped",
        lambda m: (
            [
                m.pop("endpoint"),
                m["target"].__setitem__("cloud", "usgovernment"),
                m["target"].__setitem__("location", "usgovvirginia"),
                m.pop("environments", None),
                m["workspace"].pop("location", None),
                [d.pop("endpoint", None) for d in m.get("dcrs", {}).values()],
            ]
        ),
    )
