"""Numbers and services through the official SDK: search, buy, move, release, look up."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException

from tests.simulators.twilio.conftest import Simulator


def test_numbers_of_an_area_code_are_found_bought_and_released(simulator: Simulator) -> None:
    client = simulator.client
    found = client.available_phone_numbers("US").local.list(area_code=617, sms_enabled=True, mms_enabled=True, limit=5)
    bought = client.incoming_phone_numbers.create(phone_number=found[0].phone_number, friendly_name="Ours")
    again = client.available_phone_numbers("US").local.list(area_code=617, limit=5)

    assert [number.phone_number[:5] for number in found] == ["+1617"] * 5
    assert found[0].phone_number not in {number.phone_number for number in again}
    assert [number.friendly_name for number in client.incoming_phone_numbers.list()] == ["Ours"]
    assert (
        client.incoming_phone_numbers(bought.sid).update(sms_url="https://example.org/").sms_url
        == "https://example.org/"
    )
    assert client.incoming_phone_numbers(bought.sid).delete()
    assert client.incoming_phone_numbers.list() == []


def test_a_search_gives_at_most_thirty_and_an_area_code_runs_out(simulator: Simulator) -> None:
    client = simulator.client
    account_sid = client.account_sid

    page = client.available_phone_numbers("US").local.list(area_code=415)
    for number in page:
        client.incoming_phone_numbers.create(phone_number=number.phone_number)

    assert len(page) == 30
    assert client.incoming_phone_numbers.list(page_size=7)[-1].account_sid == account_sid
    assert len(client.incoming_phone_numbers.list(page_size=7)) == 30


def test_toll_free_numbers_are_found(simulator: Simulator) -> None:
    found = simulator.client.available_phone_numbers("US").toll_free.list(limit=3)

    assert {number.phone_number[:5] for number in found} <= {"+1833", "+1844", "+1855", "+1866", "+1877", "+1888"}


def test_what_somebody_has_cannot_be_bought(simulator: Simulator) -> None:
    simulator.client.incoming_phone_numbers.create(phone_number="+16175550199")

    with pytest.raises(TwilioRestException) as taken:
        simulator.client.incoming_phone_numbers.create(phone_number="+16175550199")
    with pytest.raises(TwilioRestException) as invalid:
        simulator.client.incoming_phone_numbers.create(phone_number="+1617")
    with pytest.raises(TwilioException, match="21451"):
        simulator.client.available_phone_numbers("US").local.list(area_code=111)

    assert (taken.value.code, invalid.value.code) == (21422, 21421)


def test_a_service_lives_with_its_numbers(simulator: Simulator) -> None:
    services = simulator.client.messaging.v1.services
    number = simulator.client.incoming_phone_numbers.create(phone_number="+16175550199")
    service = services.create(friendly_name="A", inbound_request_url="https://example.org/in", validity_period=600)
    other = services.create(friendly_name="B")

    joined = services(service.sid).phone_numbers.create(phone_number_sid=number.sid)
    with pytest.raises(TwilioRestException) as twice:
        services(service.sid).phone_numbers.create(phone_number_sid=number.sid)
    with pytest.raises(TwilioRestException) as elsewhere:
        services(other.sid).phone_numbers.create(phone_number_sid=number.sid)

    assert (joined.phone_number, joined.capabilities) == ("+16175550199", ["Voice", "SMS", "MMS"])
    assert (twice.value.code, elsewhere.value.code) == (21710, 21712)
    assert services(service.sid).fetch().validity_period == 600
    assert services(service.sid).update(friendly_name="C").friendly_name == "C"
    assert sorted(found.friendly_name for found in services.list(page_size=1)) == ["B", "C"]
    assert services(service.sid).phone_numbers(number.sid).delete()
    assert services(service.sid).phone_numbers.list() == []
    assert services(service.sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        services(service.sid).fetch()
    assert gone.value.code == 20404


def test_numbers_are_looked_up(simulator: Simulator) -> None:
    look_up = simulator.client.lookups.v2.phone_numbers

    mobile = look_up("+16175550199").fetch(fields="line_type_intelligence")
    landline = look_up("+16179030006").fetch(fields="line_type_intelligence")
    wrong = look_up("+1617").fetch()

    assert (mobile.valid, mobile.national_format, mobile.country_code) == (True, "(617) 555-0199", "US")
    assert [found.line_type_intelligence["type"] for found in (mobile, landline)] == ["mobile", "landline"]
    assert wrong.valid is False


def test_accounts_are_opened_on_request_and_apart(simulator: Simulator) -> None:
    made = simulator.ask("accounts", {"name": "Another"})
    another = simulator.sdk(sid=made["sid"], token=made["token"])
    simulator.client.incoming_phone_numbers.create(phone_number="+16175550199")

    assert another.api.v2010.accounts(made["sid"]).fetch().friendly_name == "Another"
    assert another.incoming_phone_numbers.list() == []
    with pytest.raises(TwilioRestException) as refused:
        another.api.v2010.accounts(simulator.client.account_sid).fetch()
    assert refused.value.status == 404
