import atexit
import os

from tests.plugins.postgres import Cluster, NoPostgres


def database_url() -> str:
    """BENCH_DATABASE_URL, or a PostgreSQL for as long as this process lives, or SQLite where there is none."""
    if named := os.environ.get("BENCH_DATABASE_URL"):
        return named
    try:
        cluster = Cluster()
    except NoPostgres:
        return "sqlite://:memory:"
    atexit.register(cluster.stop)
    cluster.start()
    return cluster.url
