from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection


def at_once(*steps):
    """Runs each in a thread of its own, all started together; gives what each raised."""
    together = Barrier(len(steps))

    def run(step):
        try:
            together.wait()
            step()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        jobs = [pool.submit(run, step) for step in steps]
    return [type(job.exception()) for job in jobs]
