"""The embedded Valkey keeps what it holds, by loopback and password only."""

import os
import signal
import socket
import stat
import time

import psutil
import pytest
import redis

from config.local import ports, valkey


@pytest.fixture
def broker(ground):
    return valkey.start(ground / "valkey")


def _client(broker):
    return redis.Redis.from_url(broker.url, decode_responses=True)


def test_a_second_start_keeps_data_and_port(broker):
    with _client(broker) as client:
        client.rpush("jobs", "导入", "导出")
    broker.stop()
    assert not broker.is_running()
    again = valkey.start(broker.home)
    assert again.port == broker.port
    with _client(again) as client:
        assert client.lrange("jobs", 0, -1) == ["导入", "导出"]


def test_a_start_beside_a_running_server_takes_it_over(broker):
    assert valkey.start(broker.home) == broker


def test_a_killed_server_starts_again_with_what_was_written(broker):
    with _client(broker) as client:
        client.set("job", "412")
        assert client.execute_command("WAITAOF", 1, 0, 5000)[0] == 1
    os.kill(broker.pid, signal.SIGKILL)
    while broker.is_running():
        time.sleep(0.01)
    again = valkey.start(broker.home)
    with _client(again) as client:
        assert client.get("job") == "412"


def test_it_is_reached_by_loopback_and_password_only(broker):
    listening = {
        connection.laddr.ip
        for connection in psutil.Process(broker.pid).net_connections()
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}
    with redis.Redis(host="127.0.0.1", port=broker.port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.get("job")
    assert stat.S_IMODE((broker.home / "password").stat().st_mode) == 0o600
    assert broker.password not in " ".join(psutil.Process(broker.pid).cmdline())


def test_a_number_that_belongs_to_another_program_is_not_believed(broker):
    broker.stop()
    (broker.home / "pid").write_text(f"{os.getpid()}\n")
    assert valkey.running_pid(broker.home) is None
    assert valkey.start(broker.home).pid != os.getpid()


def test_a_port_asked_for_that_is_taken_is_named_with_its_holder(ground):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ports.PortTaken, match=rf"Port {port}.*\(process {os.getpid()}\)"):
            valkey.start(ground / "valkey", port=port)
