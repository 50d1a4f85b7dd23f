"""Tasks: each begins in the next iteration, in the order of creation; every await is a turn."""

import asyncio


async def work(number):
    print(f"{asyncio.current_task().get_name()} begins")
    await asyncio.sleep(0)
    print(f"{asyncio.current_task().get_name()} ends")
    return number * number


async def await_and_say(task):
    result = await task
    print(f"{task.get_name()} returned {result}")


async def main():
    one = asyncio.create_task(work(3))
    two = asyncio.create_task(work(4))
    one.set_name("the first")
    two.set_name("the second")
    print("two tasks are made, none has begun")
    await await_and_say(one)
    await await_and_say(two)


asyncio.run(main())
