"""gunicorn's configuration: `gunicorn -c python:govportal.server govportal.wsgi`."""

from govportal import environment

bind = environment.text("BIND", "127.0.0.1:8000")
worker_class = "gthread"
# One process is right for SQLite, which has one writer anyway; on PostgreSQL take as many as there are cores.
workers = environment.whole_number("WEB_PROCESSES", 1)
threads = 8
timeout = 30
graceful_timeout = 30
keepalive = 5
max_requests = 0 if environment.mode() == "local" else 1000
max_requests_jitter = 100
limit_request_line = 4094
header_map = "drop"
# Heartbeats in memory: on a slow disk a busy worker would look dead.
worker_tmp_dir = "/dev/shm"  # noqa: S108
accesslog = None if environment.mode() == "local" else "-"
loglevel = "warning" if environment.mode() == "local" else "info"
