"""Client of Microsoft Entra through Microsoft Graph: app registrations, service principals, federated credentials.

An app registration is one body here, with its service principal and its credentials, in the shape that
`schemas/resources/application.yaml` gives. Secrets are never asked for and never made.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from azure.core import PipelineClient
from azure.core.rest import HttpRequest

from provisioner.azure.credentials import token_claims
from provisioner.azure.data_plane import client_options
from provisioner.azure.directory_objects import DirectoryObjects
from provisioner.azure.error_translation import error_from_response, retry_advice, translated_errors
from provisioner.errors import CloudError
from provisioner.package_data import load_facts
from provisioner.resources import Body, ResourceType
from provisioner.resources.application_resource import application_path

if TYPE_CHECKING:
    from requests import Session

    from provisioner.azure.clouds import Cloud
    from provisioner.azure.credentials import TokenCache
    from provisioner.azure.http_pipeline import CallObserver
    from provisioner.azure.request_counters import RequestCounters

_UPSERT = {"Prefer": "create-if-missing"}
# Without them an answer has the hints and ids of secrets, which nothing here needs.
_APPLICATION_FIELDS = "id,appId,displayName,uniqueName,signInAudience,tags"
_APPLICATION_QUERY = f"$select={_APPLICATION_FIELDS}&$expand=federatedIdentityCredentials"
_PRINCIPAL_QUERY = "$select=id,appId,accountEnabled"
_FIRST_DELAY, _MAX_DELAY = 0.5, 8.0


class DirectoryClient:
    """Reads and writes in the directory of the signed-in tenant; threads can share it."""

    def __init__(
        self, cloud: Cloud, tokens: TokenCache, session: Session, counters: RequestCounters, observer: CallObserver
    ) -> None:
        self._counters, self._observer, self._tokens = counters, observer, tokens
        self._scope = cloud.directory_scope
        self._facts = load_facts("directory.yaml")
        self._root = f"{cloud.directory_endpoint}/{self._facts['version']}"
        options = client_options(
            cloud, tokens, cloud.directory_scope, session=session, counters=counters, observer=observer
        )
        self._client: PipelineClient[Any, Any] = PipelineClient(self._root, **options)

    def token_claims(self) -> dict[str, Any] | None:
        """What the token for Microsoft Graph says of the identity and its permissions; None where it cannot be read."""
        with translated_errors(self._root):
            return token_claims(self._tokens.get_token(self._scope).token)

    # -- read

    def find_applications(self, unique_names: Iterable[str]) -> dict[str, Body]:
        """The app registrations with these unique names, by name; those that do not exist are left out.

        Two requests for up to 20 of them. Raises CloudError.
        """
        return dict(self.look_up(unique_names=unique_names).applications)

    def find_owned(self, tag: str) -> dict[str, Body]:
        """The app registrations with a tag, by their unique names; those without such a name are left out."""
        return dict(self.look_up(tag=tag).owned)

    def look_up(
        self, *, unique_names: Iterable[str] = (), client_ids: Iterable[str] = (), tag: str | None = None
    ) -> DirectoryObjects:
        """App registrations by unique name and by tag, and service principals by client id, as given.

        Two requests for up to 20 of them in all, and one for each further page of what has the tag. Raises CloudError.
        """
        # By their alternate key, and not by `$filter`: an index lags behind, and a second plan would see nothing.
        names, ids = list(dict.fromkeys(unique_names)), list(dict.fromkeys(client_ids))
        paths = [f"{application_path(name)}?{_APPLICATION_QUERY}" for name in names]
        paths += [_principal_path(id_) for id_ in ids]
        if tag is not None:
            condition = quote(f"tags/any(t:t eq '{tag}')", safe="/():$'")
            paths.append(f"/applications?$filter={condition}&{_APPLICATION_QUERY}")
        answers = self._read_all(paths)
        tagged = self._pages(answers.pop() or {}) if tag is not None else []
        registrations = {name: one for name, one in zip(names, answers, strict=False) if one is not None}
        principals = {id_: one for id_, one in zip(ids, answers[len(names) :], strict=True) if one is not None}
        owned = {str(one["uniqueName"]): one for one in tagged if one.get("uniqueName")}
        apps = {str(one.get("appId")): one for one in (*registrations.values(), *owned.values())}
        missing = [id_ for id_ in apps if id_ not in principals]
        answered = zip(missing, self._read_all([_principal_path(id_) for id_ in missing]), strict=True)
        by_id = principals | {id_: one for id_, one in answered if one is not None}

        def shown(applications: Mapping[str, Body]) -> dict[str, Body]:
            return {name: shown_body(one, by_id.get(str(one.get("appId")))) for name, one in applications.items()}

        return DirectoryObjects(shown(registrations), shown(owned), principals)

    def _pages(self, answer: Body) -> list[Body]:
        """The items of a list, from its first page on."""
        items: list[Body] = list(answer.get("value") or ())
        # The request carries a token, which must not go to a host that only an answer names.
        while (link := str(answer.get("@odata.nextLink") or "")).startswith(f"{self._root}/"):
            answer = self._send("GET", link.removeprefix(self._root))
            items.extend(answer.get("value") or ())
        return items

    def _read_all(self, paths: Sequence[str]) -> list[Body | None]:
        """The answer to each path, None for what does not exist; 20 paths a request."""
        answers: list[Body | None] = []
        most = self._facts["batch"]["most"]
        for start in range(0, len(paths), most):
            part = paths[start : start + most]
            requests = [{"id": str(number), "method": "GET", "url": path} for number, path in enumerate(part)]
            answer = self._send("POST", "/$batch", {"requests": requests})
            # A batch is a POST that only reads.
            self._counters.count("GET")
            by_id = {str(one.get("id")): one for one in answer.get("responses") or ()}
            answers += [_body_of(by_id.get(str(number), {}), path) for number, path in enumerate(part)]
        return answers

    # -- write

    def put(self, type_: ResourceType, id_: str, body: Body, *, if_match: str | None = None) -> Body:
        """Create or change an app registration, its service principal and its credentials; returns its body.

        A second attempt after a failed one goes on where that ended. Raises CloudError.
        """
        del type_, if_match
        properties = body["properties"]
        fields = {key: properties[key] for key in ("displayName", "signInAudience") if key in properties}
        # A secret that somebody gave it stays as it is: only what the body declares is sent.
        self._send("PATCH", id_, {**fields, "tags": _tag_list(body.get("tags") or {})}, _UPSERT)
        # An update answers 204 without a body, and the ids are needed either way.
        application = self._settled("GET", f"{id_}?{_APPLICATION_QUERY}")
        principal_path = f"/servicePrincipals(appId='{application['appId']}')"
        principal = properties.get("servicePrincipal") or {}
        declared = {"accountEnabled": principal.get("accountEnabled", True)}
        self._settled("PATCH", principal_path, declared, _UPSERT)
        live_principal = self._settled("GET", f"{principal_path}?{_PRINCIPAL_QUERY}")
        application["federatedIdentityCredentials"] = list(
            self._write_credentials(
                f"/applications/{application['id']}/federatedIdentityCredentials",
                application.get("federatedIdentityCredentials") or [],
                properties.get("federatedIdentityCredentials") or [],
            )
        )
        return shown_body({**application, **fields}, {**live_principal, **declared})

    patch = put

    def delete(self, type_: ResourceType, id_: str) -> None:
        """Delete an app registration with its service principal; one that does not exist is no error."""
        del type_
        self._send("DELETE", id_, missing_ok=True)

    def _write_credentials(self, path: str, live: Sequence[Body], declared: Sequence[Body]) -> Iterator[Body]:
        """Write the credentials that differ, delete the others, and yield them as they are then."""
        names = {one["name"] for one in declared}
        live_by_name = {one["name"]: one for one in live}
        # Deleted first: another name for the same issuer and subject would be refused beside the old one.
        for name in live_by_name.keys() - names:
            self._send("DELETE", f"{path}/{live_by_name[name]['id']}", missing_ok=True)
        # One after another: Entra refuses concurrent changes of one application's credentials.
        for one in declared:
            fields = {key: value for key, value in one.items() if key not in {"id", "name"}}
            before = live_by_name.get(one["name"], {})
            if any(before.get(key) != value for key, value in fields.items()):
                self._settled("PATCH", f"{path}(name='{one['name']}')", fields, _UPSERT)
            yield {**before, **one}

    def _settled(
        self, method: str, path: str, body: Body | None = None, headers: Mapping[str, str] | None = None
    ) -> Body:
        """Send a request that speaks of something made just now, again while the directory does not know of it yet."""
        facts = self._facts["settling"]
        deadline, delay = time.monotonic() + facts["seconds"], _FIRST_DELAY
        while True:
            try:
                return self._send(method, path, body, headers)
            except CloudError as error:
                if not _passes(error, facts["codes"]) or time.monotonic() + delay > deadline:
                    raise
                self._observer.report_wait(f"{error.code}; trying again in {delay:.1f} s")
            time.sleep(delay)
            delay = min(delay * 1.7, _MAX_DELAY)

    def _send(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        missing_ok: bool = False,
    ) -> Body:
        target = path.partition("?")[0]
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        sent_headers = {"Accept": "application/json", **({"Content-Type": "application/json"} if content else {})}
        request = HttpRequest(
            method, f"{self._root}{path}", headers={**sent_headers, **(headers or {})}, content=content
        )
        with translated_errors(target):
            response = self._client.send_request(request)
            text = response.text() if response.content else ""
        answer = _parsed(text)
        # Somebody else was faster, or an earlier attempt was done and its answer lost.
        if response.status_code == 404 and missing_ok:
            return {}
        if response.status_code >= 400:
            raise error_from_response(response.status_code, answer, response.headers, target)
        return answer if isinstance(answer, dict) else {}


def shown_body(application: Body, principal: Body | None) -> Body:
    """An app registration and its service principal as Graph shows them → one body, in the documented shape."""
    properties = {key: application.get(key) for key in ("id", "appId", "uniqueName", "displayName", "signInAudience")}
    credentials = [
        {key: one.get(key) for key in ("id", "name", "issuer", "subject", "audiences", "description") if key in one}
        for one in application.get("federatedIdentityCredentials") or ()
    ]
    # A registration that was made in the portal has no unique name, and none can be given to it later.
    name = str(application.get("uniqueName") or application.get("id"))
    body: Body = {
        "id": application_path(name),
        "name": name,
        "type": "Microsoft.Graph/applications",
        "tags": dict(_split_tag(tag) for tag in application.get("tags") or ()),
        "properties": {**properties, "federatedIdentityCredentials": credentials},
    }
    if principal is not None:
        shown = {"id": principal.get("id"), "accountEnabled": principal.get("accountEnabled", True)}
        body["properties"]["servicePrincipal"] = shown
    return body


def _principal_path(client_id: str) -> str:
    return f"/servicePrincipals(appId='{client_id}')?{_PRINCIPAL_QUERY}"


def _passes(error: CloudError, codes: Mapping[str, Sequence[str]]) -> bool:
    """Whether an error passes by itself once the directory knows of a new object everywhere."""
    words = codes.get(error.code or "")
    if words is None:
        return retry_advice(error).when != "never"
    return not words or any(word in error.message for word in words)


# Entra's tags are texts without a value; ours are written `name:value`, so that they compare as those of resources do.
def _split_tag(tag: str) -> tuple[str, str]:
    name, _, value = str(tag).partition(":")
    return name, value


def _tag_list(tags: Mapping[str, str]) -> list[str]:
    return [f"{name}:{value}" if value else name for name, value in tags.items()]


def _body_of(answer: Mapping[str, Any], path: str) -> Body | None:
    """The body of one answer of a batch; None for 404. Raises CloudError for another error."""
    status, body = int(answer.get("status", 500)), answer.get("body")
    if status == 404:
        return None
    if status >= 400:
        raise error_from_response(status, body, answer.get("headers") or {}, path.partition("?")[0])
    return body if isinstance(body, dict) else None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text or "null")
    except ValueError:
        return None
