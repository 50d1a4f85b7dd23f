"""Debug mode: reports the name of a task that blocks the loop. PYTHONASYNCIODEBUG=1 in the
environment also turns it on."""

import asyncio
import logging
import re
import time


async def block():
    time.sleep(0.5)


async def heartbeat():
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await asyncio.sleep(0.01)
    seconds = loop.time() - begun
    print(f"the heartbeat is {'on time' if seconds < 0.4 else 'late'}")


def report(record):
    if match := re.search(r"Executing <Task .*name='(.*?)' coro=<(.*?)\(\)", record.getMessage()):
        print(f"reported: {match[1]} in {match[2]}() took too long")


async def main():
    logging.getLogger("asyncio").addFilter(report)
    asyncio.get_running_loop().slow_callback_duration = 0.4
    async with asyncio.TaskGroup() as group:
        group.create_task(heartbeat())
        group.create_task(block())


asyncio.run(main(), debug=True)
