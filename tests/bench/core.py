"""asyncio by itself: the twin of core.c, case by case and amount by amount.

    core.py LOOP CASE AMOUNT    LOOP is asyncio or uvloop; prints what core.c prints
    core.py LOOP version
"""
import asyncio
import os
import platform
import sys
import time

LONG_ENOUGH = 0.2
CONTENDERS = 10
QUEUE_MAXIMUM = 100


async def nothing():
    pass


async def create_and_await(amount):
    for _ in range(amount):
        await asyncio.create_task(nothing())


async def gather_sleepers(amount):
    await asyncio.gather(*[asyncio.create_task(asyncio.sleep(1)) for _ in range(amount)])


async def contend(semaphore, amount):
    for _ in range(amount):
        await semaphore.acquire()
        semaphore.release()


async def let_go(semaphore):
    await asyncio.sleep(0)
    semaphore.release()


async def hand_on_semaphore(amount):
    semaphore = asyncio.Semaphore(0)
    first = asyncio.create_task(let_go(semaphore))
    await asyncio.gather(*[asyncio.create_task(contend(semaphore, amount // CONTENDERS))
                           for _ in range(CONTENDERS)])
    await first


async def produce(queue, amount):
    for _ in range(amount):
        await queue.put(queue)


async def pass_through(amount, maximum):
    queue = asyncio.Queue(maximum)
    producer = asyncio.create_task(produce(queue, amount))
    for _ in range(amount):
        await queue.get()
    await producer


async def pass_through_bounded(amount):
    await pass_through(amount, QUEUE_MAXIMUM)


async def pass_through_unbounded(amount):
    await pass_through(amount, 0)


async def give_way(amount):
    for _ in range(amount):
        await asyncio.sleep(0)


async def alternate(amount):
    await asyncio.gather(*[asyncio.create_task(give_way(amount // 2)) for _ in range(2)])


async def alternate_watching(amount):
    ends = os.pipe()
    loop = asyncio.get_running_loop()
    loop.add_reader(ends[0], lambda: None)
    await alternate(amount)
    loop.remove_reader(ends[0])
    for end in ends:
        os.close(end)


CASES = {
    "task": create_and_await,
    "gather": gather_sleepers,
    "semaphore": hand_on_semaphore,
    "queue": pass_through_bounded,
    "unbounded": pass_through_unbounded,
    "switch": alternate,
    "watching": alternate_watching,
}


def report(amount, begin, passes):
    taken = time.process_time() - begin
    print(amount, f"{taken / passes / amount * 1e9:.1f}")


async def measure(case, amount):
    await case(amount)
    begin, passes = time.process_time(), 0
    while time.process_time() - begin < LONG_ENOUGH:
        await case(amount)
        passes += 1
    report(amount, begin, passes)


def measure_run(new_loop, amount):
    run(new_loop, gather_sleepers(amount))
    begin, passes = time.process_time(), 0
    while time.process_time() - begin < LONG_ENOUGH:
        run(new_loop, gather_sleepers(amount))
        passes += 1
    report(amount, begin, passes)


def bytes_of(path, name):
    with open(path) as file:
        return sum(int(line.split()[1]) for line in file if line.startswith(name)) * 1024


def memory_now():
    return (bytes_of("/proc/self/smaps_rollup", "Anonymous:"),
            bytes_of("/proc/self/smaps_rollup", "Rss:"),
            bytes_of("/proc/self/status", "VmPTE:"))


async def measure_memory(amount):
    first = asyncio.create_task(asyncio.sleep(3600))
    await asyncio.sleep(0.01)
    memory_now()
    before = memory_now()
    tasks = [asyncio.create_task(asyncio.sleep(3600)) for _ in range(amount)]
    await asyncio.sleep(0.01)
    after = memory_now()
    print(amount, *(f"{(b - a) / amount:.0f}" for a, b in zip(before, after)))
    for task in [first, *tasks]:
        task.cancel()
    await asyncio.gather(first, *tasks, return_exceptions=True)


def run(new_loop, main):
    """asyncio.run(), of which not every version takes the loop."""
    loop = new_loop()
    try:
        loop.set_debug(False)
        asyncio.set_event_loop(loop)
        loop.run_until_complete(main)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def main(loop, case, amount=0):
    import _asyncio  # the accelerators in C, without which this would measure something else
    assert asyncio.Task is _asyncio.Task
    version = f"CPython {platform.python_version()}"
    new_loop = asyncio.SelectorEventLoop
    if loop == "uvloop":
        import uvloop
        version = f"uvloop {uvloop.__version__} on {version}"
        new_loop = uvloop.new_event_loop
    if case == "version":
        print(version)
    elif case == "run":
        measure_run(new_loop, int(amount))
    elif case == "memory":
        run(new_loop, measure_memory(int(amount)))
    else:
        run(new_loop, measure(CASES[case], int(amount)))


main(*sys.argv[1:])
