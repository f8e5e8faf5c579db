"""Accounts, phone numbers to search, buy and release, messaging services, and lookups.

Resources: https://www.twilio.com/docs/iam/api/account,
https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource,
https://www.twilio.com/docs/phone-numbers/api/availablephonenumberlocal-resource,
https://www.twilio.com/docs/messaging/api/service-resource, https://www.twilio.com/docs/lookup/v2-api
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import time
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from simulators.twilio import errors, records, rest
from simulators.twilio import exchange as exchange_module

#: numbers that can be had in each area code; small enough that a test can buy them all
POOL_PER_AREA_CODE = 600
TOLL_FREE_CODES = ("833", "844", "855", "866", "877", "888")
PER_SEARCH = 30


class Accounts:
    def __init__(self, exchange: exchange_module.Exchange) -> None:
        self.exchange = exchange

    @staticmethod
    def as_json(account: records.Account) -> dict[str, Any]:
        uri = f"/2010-04-01/Accounts/{account.sid}"
        return {
            "auth_token": account.token,
            "date_created": records.rfc2822(account.created),
            "date_updated": records.rfc2822(account.created),
            "friendly_name": account.name,
            "owner_account_sid": account.sid,
            "sid": account.sid,
            "status": "active",
            "subresource_uris": {"messages": f"{uri}/Messages.json"},
            "type": "Full",
            "uri": f"{uri}.json",
        }

    async def fetch(self, request: web.Request) -> web.Response:
        return rest.answer(self.as_json(rest.account(self.exchange, request)))

    async def create(self, request: web.Request) -> web.Response:
        rest.account(self.exchange, request)
        form = await rest.form(request)
        made = self.exchange.add_account(name=form.get("FriendlyName", "Sub-account"))
        return rest.answer(self.as_json(made), status=201)

    async def list(self, request: web.Request) -> web.Response:
        account = rest.account(self.exchange, request)
        return rest.page("/2010-04-01/Accounts.json", "accounts", [self.as_json(account)], request.query)

    async def balance(self, request: web.Request) -> web.Response:
        account = rest.account(self.exchange, request)
        return rest.answer({"account_sid": account.sid, "balance": "100.00", "currency": "USD"})


class Numbers:
    def __init__(self, exchange: exchange_module.Exchange) -> None:
        self.exchange = exchange

    def as_json(self, number: records.Number) -> dict[str, Any]:
        return {
            "account_sid": number.account,
            "address_requirements": "none",
            "api_version": "2010-04-01",
            "beta": False,
            "bundle_sid": None,
            "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
            "date_created": records.rfc2822(number.created),
            "date_updated": records.rfc2822(number.updated),
            "friendly_name": number.name,
            "origin": "twilio",
            "phone_number": number.phone,
            "sid": number.sid,
            "sms_application_sid": "",
            "sms_fallback_method": "POST",
            "sms_fallback_url": number.sms_fallback_url,
            "sms_method": number.sms_method,
            "sms_url": number.sms_url,
            "status": "in-use",
            "status_callback": number.status_callback,
            "status_callback_method": "POST",
            "type": "toll-free" if number.toll_free else "local",
            "uri": f"/2010-04-01/Accounts/{number.account}/IncomingPhoneNumbers/{number.sid}.json",
            "voice_method": "POST",
            "voice_url": number.voice_url,
        }

    def _apply(self, number: records.Number, form: rest.Form) -> None:
        for field, name in (
            ("FriendlyName", "name"),
            ("SmsUrl", "sms_url"),
            ("SmsMethod", "sms_method"),
            ("SmsFallbackUrl", "sms_fallback_url"),
            ("StatusCallback", "status_callback"),
            ("VoiceUrl", "voice_url"),
        ):
            if field in form:
                setattr(number, name, form[field])
        number.updated = time.time()
        self.exchange.journal.record("number", number)

    async def buy(self, request: web.Request) -> web.Response:
        account = rest.account(self.exchange, request)
        form = await rest.form(request)
        phone = form.get("PhoneNumber", "")
        if not phone and form.get("AreaCode"):
            phone = next(self._free(form["AreaCode"], ""), "")
            if not phone:
                raise errors.Refusal(21422, form["AreaCode"])
        number = self.exchange.add_number(account, phone)
        self._apply(number, form)
        return rest.answer(self.as_json(number), status=201)

    async def list(self, request: web.Request) -> web.Response:
        account = rest.account(self.exchange, request)
        query = request.query
        wanted = query.get("PhoneNumber", "").replace("*", "")
        name = query.get("FriendlyName")
        found = [
            self.as_json(number)
            for number in self.exchange.numbers.values()
            if number.account == account.sid and wanted in number.phone and (name is None or number.name == name)
        ]
        path = f"/2010-04-01/Accounts/{account.sid}/IncomingPhoneNumbers.json"
        return rest.page(path, "incoming_phone_numbers", found, query)

    def _find(self, request: web.Request) -> records.Number:
        account = rest.account(self.exchange, request)
        number = self.exchange.numbers.get(request.match_info["number"])
        if number is None or number.account != account.sid:
            raise errors.Refusal(20404)
        return number

    async def fetch(self, request: web.Request) -> web.Response:
        return rest.answer(self.as_json(self._find(request)))

    async def update(self, request: web.Request) -> web.Response:
        number = self._find(request)
        self._apply(number, await rest.form(request))
        return rest.answer(self.as_json(number))

    async def release(self, request: web.Request) -> web.Response:
        self.exchange.release_number(self._find(request))
        return web.Response(status=204)

    # --- search -------------------------------------------------------------------------------

    def _free(self, area_code: str, contains: str) -> Iterator[str]:
        """Numbers of an area code that nobody has, always in the same order."""
        if not re.fullmatch(r"[2-9]\d{2}", area_code) or area_code[1:] == "11":
            raise errors.Refusal(21451, area_code)
        pattern = re.compile(contains.replace("*", r"\d").replace("+", r"\+")) if contains else None
        for index in range(POOL_PER_AREA_CODE):
            digest = int(hashlib.sha256(f"{area_code}/{index}".encode()).hexdigest()[:12], 16)
            exchange = 220 + digest % 680
            if exchange % 100 == 11 or exchange // 10 == 90:  # services; numbers that misbehave
                exchange = 421
            phone = f"+1{area_code}{exchange}{digest // 680 % 10000:04d}"
            if phone not in self.exchange.by_phone and (pattern is None or pattern.search(phone)):
                yield phone

    async def search(self, request: web.Request) -> web.Response:
        account = rest.account(self.exchange, request)
        kind, query = request.match_info["kind"], request.query
        if kind not in ("Local", "TollFree") or request.match_info["country"] != "US":
            raise errors.Refusal(20404)
        default = TOLL_FREE_CODES if kind == "TollFree" else ("617",)
        codes = (query["AreaCode"],) if query.get("AreaCode") else default
        size = min(PER_SEARCH, rest.page_size(query))
        found: list[str] = []
        for code in codes:
            for phone in self._free(code, query.get("Contains", "")):
                if len(found) == size:
                    break
                found.append(phone)
        path = f"/2010-04-01/Accounts/{account.sid}/AvailablePhoneNumbers/US/{kind}.json"
        return rest.answer(
            {
                "available_phone_numbers": [
                    {
                        "address_requirements": "none",
                        "beta": False,
                        "capabilities": {"voice": True, "SMS": True, "MMS": True, "fax": False},
                        "friendly_name": records.pretty(phone),
                        "iso_country": "US",
                        "lata": None,
                        "latitude": None,
                        "locality": None,
                        "longitude": None,
                        "phone_number": phone,
                        "postal_code": None,
                        "rate_center": None,
                        "region": None,
                    }
                    for phone in found
                ],
                "uri": path,
            }
        )

    # --- lookups ------------------------------------------------------------------------------

    async def look_up(self, request: web.Request) -> web.Response:
        rest.account(self.exchange, request)
        given = request.match_info["number"]
        digits = re.sub(r"[^\d+]", "", given)
        phone = digits if digits.startswith("+") else "+1" + digits.removeprefix("1")
        valid = exchange_module.is_number(phone)
        line = "landline" if phone[5:] == "9030006" else "mobile"
        wanted = request.query.get("Fields", "").split(",")
        american = phone.startswith("+1")
        return rest.answer(
            {
                "calling_country_code": "1" if american else None,
                "country_code": "US" if american and valid else None,
                "phone_number": phone,
                "national_format": records.pretty(phone) if valid else None,
                "valid": valid,
                "validation_errors": None if valid else ["INVALID_LENGTH" if len(phone) != 12 else "NOT_A_NUMBER"],
                "caller_name": None,
                "sim_swap": None,
                "call_forwarding": None,
                "line_status": None,
                "line_type_intelligence": {
                    "error_code": None,
                    "mobile_country_code": "310",
                    "mobile_network_code": "000",
                    "carrier_name": "Simulated",
                    "type": line,
                }
                if "line_type_intelligence" in wanted
                else None,
                "identity_match": None,
                "reassigned_number": None,
                "sms_pumping_risk": None,
                "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{phone}",
            }
        )


class Services:
    """Messaging Services and the numbers in them."""

    URL = "https://messaging.twilio.com/v1/Services"

    def __init__(self, exchange: exchange_module.Exchange) -> None:
        self.exchange = exchange

    def as_json(self, service: records.Service) -> dict[str, Any]:
        url = f"{self.URL}/{service.sid}"
        return {
            "account_sid": service.account,
            "area_code_geomatch": service.area_code_geomatch,
            "date_created": records.iso8601(service.created),
            "date_updated": records.iso8601(service.updated),
            "fallback_method": "POST",
            "fallback_to_long_code": True,
            "fallback_url": service.fallback_url,
            "friendly_name": service.name,
            "inbound_method": service.inbound_method,
            "inbound_request_url": service.inbound_request_url,
            "links": {"phone_numbers": f"{url}/PhoneNumbers"},
            "mms_converter": True,
            "scan_message_content": "inherit",
            "sid": service.sid,
            "smart_encoding": service.smart_encoding,
            "status_callback": service.status_callback,
            "sticky_sender": service.sticky_sender,
            "synchronous_validation": False,
            "url": url,
            "us_app_to_person_registered": False,
            "use_inbound_webhook_on_number": service.use_inbound_webhook_on_number,
            "usecase": service.usecase,
            "validity_period": service.validity_period,
        }

    def _read(self, form: rest.Form) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for field, name in (
            ("FriendlyName", "name"),
            ("InboundRequestUrl", "inbound_request_url"),
            ("InboundMethod", "inbound_method"),
            ("FallbackUrl", "fallback_url"),
            ("StatusCallback", "status_callback"),
            ("Usecase", "usecase"),
        ):
            if field in form:
                values[name] = form[field] or None
        for field, name in (
            ("StickySender", "sticky_sender"),
            ("SmartEncoding", "smart_encoding"),
            ("AreaCodeGeomatch", "area_code_geomatch"),
            ("UseInboundWebhookOnNumber", "use_inbound_webhook_on_number"),
        ):
            if field in form:
                values[name] = rest.flag(form[field], True)
        period = rest.seconds(form, "ValidityPeriod")
        if period is not None:
            if not 1 <= period <= 36000:
                raise errors.Refusal(21624, str(period))
            values["validity_period"] = period
        return values

    def _find(self, request: web.Request) -> records.Service:
        account = rest.account(self.exchange, request)
        service = self.exchange.services.get(request.match_info["service"])
        if service is None or service.account != account.sid:
            raise errors.Refusal(20404)
        return service

    async def create(self, request: web.Request) -> web.Response:
        account = rest.account(self.exchange, request)
        values = self._read(await rest.form(request))
        if not values.get("name"):
            raise errors.Refusal(21701)
        return rest.answer(self.as_json(self.exchange.add_service(account, **values)), status=201)

    async def list(self, request: web.Request) -> web.Response:
        account = rest.account(self.exchange, request)
        found = [self.as_json(s) for s in self.exchange.services.values() if s.account == account.sid]
        return rest.page_with_meta(self.URL, "services", found, request.query)

    async def fetch(self, request: web.Request) -> web.Response:
        return rest.answer(self.as_json(self._find(request)))

    async def update(self, request: web.Request) -> web.Response:
        service = self._find(request)
        for name, value in self._read(await rest.form(request)).items():
            setattr(service, name, value)
        service.updated = time.time()
        self.exchange.journal.record("service", service)
        return rest.answer(self.as_json(service))

    async def remove(self, request: web.Request) -> web.Response:
        self.exchange.delete_service(self._find(request))
        return web.Response(status=204)

    def _number_json(self, service: records.Service, number: records.Number) -> dict[str, Any]:
        return {
            "account_sid": service.account,
            "capabilities": ["Voice", "SMS", "MMS"],
            "country_code": "US",
            "date_created": records.iso8601(number.created),
            "date_updated": records.iso8601(number.updated),
            "phone_number": number.phone,
            "service_sid": service.sid,
            "sid": number.sid,
            "url": f"{self.URL}/{service.sid}/PhoneNumbers/{number.sid}",
        }

    async def add_number(self, request: web.Request) -> web.Response:
        service = self._find(request)
        form = await rest.form(request)
        number = self.exchange.numbers.get(form.get("PhoneNumberSid", ""))
        if number is None or number.account != service.account:
            raise errors.Refusal(21421, form.get("PhoneNumberSid", ""))
        self.exchange.join_service(service, number)
        return rest.answer(self._number_json(service, number), status=201)

    async def list_numbers(self, request: web.Request) -> web.Response:
        service = self._find(request)
        found = [self._number_json(service, self.exchange.numbers[sid]) for sid in service.numbers]
        return rest.page_with_meta(f"{self.URL}/{service.sid}/PhoneNumbers", "phone_numbers", found, request.query)

    def _number(self, request: web.Request) -> tuple[records.Service, records.Number]:
        service = self._find(request)
        sid = request.match_info["number"]
        if sid not in service.numbers:
            raise errors.Refusal(20404)
        return service, self.exchange.numbers[sid]

    async def fetch_number(self, request: web.Request) -> web.Response:
        return rest.answer(self._number_json(*self._number(request)))

    async def remove_number(self, request: web.Request) -> web.Response:
        self.exchange.leave_service(self._number(request)[1])
        return web.Response(status=204)


def fields(record: Any) -> dict[str, Any]:
    """A record as a dict, for the control pages."""
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
