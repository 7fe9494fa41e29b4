"""The machine that the bench runs on, and the versions of all that takes part."""

import os
import platform
import re
import subprocess
import time


# The packages of all contenders, which `make bench-tools` installs. The one place that lists them.
PACKAGES = "rsync nginx-full vsftpd lftp curl openssh-server openssh-client gcc libc6-dev libssl-dev strace"

VERSIONS = {
    "rsync": ["rsync", "--version"],
    "nginx": ["nginx", "-v"],
    "curl": ["curl", "--version"],
    "OpenSSH": ["ssh", "-V"],
    "vsftpd": ["dpkg-query", "-W", "-f", "vsftpd ${Version}", "vsftpd"],
    "lftp": ["lftp", "--version"],
    "cc": ["cc", "--version"],
}


def first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError:
        return None
    said = (done.stdout + done.stderr).strip()
    return said.splitlines()[0] if said and done.returncode == 0 else None


def version(command):
    """Returns the first word of a program about itself that looks like a version."""
    said = first_line(command)
    found = re.search(r"\d+\.\d+[\w.+:~-]*", said or "")
    return found.group() if found else said or "not installed"


def processor():
    with open("/proc/cpuinfo") as file:
        found = re.search(r"^model name\s*: (.+)$", file.read(), re.MULTILINE)
    return found.group(1) if found else platform.machine()


def memory():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def file_system(directory):
    """Returns the type of the file system of a directory, and its device."""
    said = first_line(["findmnt", "-n", "-o", "FSTYPE,SOURCE", "-T", directory])
    return " on ".join(said.split()) if said else "unknown"


def commit():
    here = os.path.dirname(os.path.abspath(__file__))
    return first_line(["git", "-C", here, "describe", "--always", "--dirty"]) or "unknown"


def describe(directory, programs):
    versions = {name: version(command) for name, command in VERSIONS.items()}
    return {
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "processor": f"{os.cpu_count()} × {processor()}",
        "memory": f"{memory() / 2**30:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "file system": file_system(directory),
        "xfer": f"{version([os.path.join(programs, 'xferd'), '--version'])}, commit {commit()}",
        "versions": versions,
    }


if __name__ == "__main__":
    print(PACKAGES)
