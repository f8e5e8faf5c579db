"""Twilio's refusals, in Twilio's shape.

Codes and HTTP statuses after https://www.twilio.com/docs/api/errors; the wording is our own.
"""

from __future__ import annotations

import json

from aiohttp import web

#: code: (HTTP status, message)
REFUSALS: dict[int, tuple[int, str]] = {
    20003: (401, "Authentication failed"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too many requests"),
    20500: (500, "Something went wrong on our side"),
    21211: (400, "Invalid 'To' phone number: {}"),
    21212: (400, "Invalid 'From' number: {}"),
    21408: (400, "Sending to the region of this number is not enabled: {}"),
    21421: (400, "This phone number is invalid: {}"),
    21422: (400, "This phone number is not available: {}"),
    21451: (400, "Invalid area code: {}"),
    21602: (400, "A message body or media is required"),
    21603: (400, "A 'From' number or a messaging service is required"),
    21604: (400, "A 'To' phone number is required"),
    21606: (400, "This 'From' number cannot send messages for this account: {}"),
    21609: (400, "Invalid status callback address: {}"),
    21610: (400, "Attempt to send to an unsubscribed recipient"),
    21611: (400, "The 'From' number has more messages queued than allowed"),
    21612: (400, "There is no route from this 'From' number to this 'To' number"),
    21614: (400, "The 'To' number is not a mobile number: {}"),
    21617: (400, "The message body is longer than 1600 characters"),
    21620: (400, "Invalid media address: {}"),
    21624: (400, "The validity period must be from 1 to 36000 seconds: {}"),
    21701: (404, "The messaging service does not exist"),
    21703: (400, "The messaging service has no phone number available to send this message"),
    21704: (400, "The messaging service contains no phone numbers"),
    21705: (400, "The messaging service is invalid"),
    21710: (409, "The phone number is already in this messaging service"),
    21712: (409, "The phone number is in another messaging service"),
    21714: (400, "The messaging service holds as many phone numbers as it can"),
}

#: what becomes of a message after it was accepted: code: (final status, message)
FAILURES: dict[int, tuple[str, str]] = {
    21610: ("failed", "Attempt to send to an unsubscribed recipient"),
    30001: ("failed", "Queue overflow"),
    30002: ("failed", "Account suspended"),
    30003: ("undelivered", "Unreachable destination handset"),
    30004: ("undelivered", "Message blocked"),
    30005: ("undelivered", "Unknown destination handset"),
    30006: ("undelivered", "Landline or unreachable carrier"),
    30007: ("undelivered", "Message filtered"),
    30008: ("undelivered", "Unknown error"),
    30022: ("undelivered", "Rate limit of the registered campaign exceeded"),
    30023: ("undelivered", "Daily limit of the registered brand exceeded"),
    30032: ("undelivered", "Toll-free number is not verified"),
    30034: ("undelivered", "Message from an unregistered number"),
    30036: ("failed", "Validity period expired"),
}


class Refusal(Exception):
    """An answer other than the resource asked for."""

    def __init__(self, code: int, value: str = "", *, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.value = value
        self.headers = headers

    def response(self) -> web.Response:
        status, message = REFUSALS.get(self.code, (400, "Refused"))
        body = {
            "code": self.code,
            "message": message.format(self.value),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": status,
        }
        return web.Response(text=json.dumps(body), status=status, content_type="application/json", headers=self.headers)
