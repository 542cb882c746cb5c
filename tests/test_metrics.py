"""`/metrics` tells whoever knows the token how things stand, and costs an answer next to nothing."""

import os
import re
import timeit

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from bot import flow
from bot.cli.cast import free_port
from bot.config import load_config
from bot.jobs.queue import PUSH
from bot.metrics import Metrics, new_folder
from bot.services import open_services
from bot.web import create_app
from tests.conftest import SAMPLES, write_config
from tests.machine import machine, until

TOKEN = "metrics-token-0123456789"
ISSUE = "2026-06-13"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def config_path(tmp_path, sandbox, queue_url):
    return write_config(
        tmp_path,
        sandbox.url,
        web=f'metrics_token = "{TOKEN}"\nport = {free_port()}',
        queue=f'url = "{queue_url}"',
    )


@pytest.fixture
def client(services):
    return create_app(services).test_client()


def samples(text):
    """{(name, *labels): value}"""
    families = text_string_to_metric_families(text)
    return {
        (each.name, *each.labels.values()): each.value
        for family in families
        for each in family.samples
    }


def shown(client):
    return samples(client.get("/metrics", headers=SHOWN).text)


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "é"}])
def test_without_the_token_nothing_is_shown(client, given):
    answer = client.get("/metrics", headers=given)
    assert answer.status_code == 401
    assert "rikan" not in answer.text


def test_where_no_token_is_set_there_is_no_such_page(tmp_path, sandbox, clock):
    config = load_config(write_config(tmp_path, sandbox.url), {})
    with open_services(config, clock) as services:
        client = create_app(services).test_client()
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_it_shows_where_the_issues_stand_and_what_waits(client, services, sandbox):
    flow.add_issue(services, SAMPLES[-1])
    flow.push_issue(services, ISSUE)
    services.queue.ask(PUSH, ISSUE)
    found = shown(client)
    assert found["rikan_deliveries", "drafted"] == 1
    assert found["rikan_deliveries", "published"] == 0
    assert found["rikan_jobs", "waiting"] == 1
    assert found["rikan_jobs", "failed"] == 0
    assert found["rikan_up", "database"] == found["rikan_up", "queue"] == 1


def test_calls_to_the_platform_are_told_apart_by_what_came_of_them(client, services, sandbox):
    flow.add_issue(services, SAMPLES[-1])
    sandbox.fault("draft/add", "errcode", errcode=45009)
    with pytest.raises(Exception, match="次"):
        flow.push_issue(services, ISSUE)
    flow.push_issue(services, ISSUE)
    found = shown(client)
    assert found["rikan_platform_calls_total", "draft/add", "45009"] == 1
    assert found["rikan_platform_calls_total", "draft/add", "ok"] == 1


def test_a_queue_that_does_not_run_is_shown_and_the_rest_as_well(tmp_path, sandbox, clock):
    path = write_config(tmp_path, sandbox.url, web=f'metrics_token = "{TOKEN}"')
    with open_services(load_config(path, {}), clock) as services:
        found = shown(create_app(services).test_client())
    assert found["rikan_up", "queue"] == 0
    assert found["rikan_deliveries", "published"] == 0


def test_the_age_of_the_last_tick_is_shown(client, services, clock):
    assert ("rikan_last_tick_age_seconds",) not in shown(client)
    services.ticks.note(clock())
    clock.forward(minutes=3)
    assert shown(client)["rikan_last_tick_age_seconds",] == 180


def test_several_server_processes_count_together(config_path, sandbox):
    port = load_config(config_path, {}).web.port
    address = f"http://127.0.0.1:{port}"
    with machine(config_path, "web", "--processes", "2") as running:
        running.wait_until_ready()
        until(lambda: _answers(address))
        for number in range(40):
            assert (
                requests.post(f"{address}/wechat", data=str(number), timeout=5).status_code == 403
            )
        found = samples(requests.get(f"{address}/metrics", headers=SHOWN, timeout=5).text)
    assert found["rikan_messages_answered_total", "http 403"] == 40
    assert found["rikan_answer_seconds_count",] == 40


def _answers(address):
    try:
        return requests.get(f"{address}/readyz", timeout=1).ok
    except requests.RequestException:
        return False


def test_the_counts_of_a_server_that_is_gone_are_cleared_away(tmp_path):
    gone, other = tmp_path / "metrics" / "4194304999", tmp_path / "metrics" / str(os.getppid())
    for folder in (gone, other):
        folder.mkdir(parents=True)
    mine = new_folder(tmp_path)
    assert mine.is_dir()
    assert other.is_dir()
    assert not gone.exists()


def test_every_answer_has_an_id_of_its_own(client):
    ids = {client.get("/healthz").headers["X-Request-ID"] for _ in range(10)}
    assert len(ids) == 10
    assert all(re.fullmatch("[0-9a-f]{8}", each) for each in ids)


def test_counting_an_answer_costs_less_than_a_hundredth_of_it(services):
    counted = Metrics(services)
    times = 2000
    took = min(timeit.repeat(lambda: counted.answered("news", 0.004), number=times, repeat=5))
    assert took / times < 50e-6  # an answer takes some five thousandths of a second
