"""shield: the one who waits may give up, what is shielded goes on."""

import asyncio


async def save():
    try:
        await asyncio.sleep(0.5)
    except asyncio.CancelledError:
        print("lost")
        raise
    print("saved")


async def main():
    saving = asyncio.create_task(save())
    try:
        await asyncio.wait_for(asyncio.shield(saving), 0.02)
    except TimeoutError:
        print("no more time, but saving goes on")
        await saving


asyncio.run(main())
