"""`python -m config.local services|stop`."""

import sys

from config import env
from config.local import services

if __name__ == "__main__":
    var = env.path("SHIDANG_VAR")
    if sys.argv[1:] == ["stop"]:
        services.stop(var)
    else:
        running = services.start(var)
        services.write_environment(var / "dev.env", running.environment)
        print(var / "dev.env")
