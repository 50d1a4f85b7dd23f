"""The loop without coroutines: callbacks at once, after a delay, at a time, and for a readable
descriptor."""

import asyncio
import os


def on_readable(loop, pipe_end):
    print(f"read {os.read(pipe_end, 1).decode()}, stop")
    loop.stop()


readable, writable = os.pipe()
loop = asyncio.new_event_loop()
handle = loop.call_later(0.02, print, "never")
loop.call_later(0.05, print, "later")
loop.call_at(loop.time() + 0.1, print, "at a given time")
loop.call_soon(print, "soon")
loop.add_reader(readable, on_readable, loop, readable)
loop.call_later(0.15, os.write, writable, b"x")
handle.cancel()
loop.run_forever()
loop.remove_reader(readable)
loop.close()
os.close(readable)
os.close(writable)
