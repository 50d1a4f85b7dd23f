"""Graceful shutdown: a signal sets an event; then the tasks are cancelled and clean up before the
program ends."""

import asyncio
import signal


async def work(name):
    print(f"{name} works")
    try:
        await asyncio.sleep(60)
    finally:
        print(f"{name} cleans up")


def on_signal(event):
    print("SIGTERM: shutting down")
    event.set()


async def work_until(stop):
    tasks = [asyncio.create_task(work(name)) for name in ("one", "two")]
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def main():
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, on_signal, stop)
    loop.call_later(0.05, signal.raise_signal, signal.SIGTERM)
    await work_until(stop)
    print("bye")


asyncio.run(main())
