"""Results as they are kept from run to run, and the figures that are derived from them."""

import json
import os
import statistics

GIB = 1 << 30


def load(path):
    if not path or not os.path.exists(path):
        return {}
    with open(path) as file:
        return json.load(file)


def save(path, kept):
    if not path:
        return
    with open(f"{path}.new", "w") as file:
        json.dump(kept, file, indent=1)
    os.replace(f"{path}.new", path)


def of_case(results, machine, options):
    return {
        "machine": machine, "rounds": options.rounds, "quick": options.quick, "results": results
    }


def median(values):
    values = [value for value in values or [] if value is not None]
    return statistics.median(values) if values else None


def seconds(result):
    return median(result["seconds"])


def rate(result, of="bytes"):
    """Bytes, or files, in a second, by the median of the runs."""
    taken = seconds(result)
    return result[of] / taken if taken else None


def cpu_per_gib(result, side):
    used = median(result[side])
    return None if used is None else used / (result["bytes"] / GIB)


def cpu_of_each(result, side):
    """Returns the processor time of one file or connection."""
    used = median(result[side])
    return None if used is None else used / result["files"]


def extra(result, key):
    return median(result["extra"].get(key))


def find(results, contender, scenario=None):
    """The result of a contender; the scenario by a part of its name. None where it was not measured, or
    went wrong in some round."""
    for result in results:
        if result.get("contender") == contender and (scenario or "") in result.get("scenario", ""):
            return result if result.get("seconds") and not result.get("error") else None
    return None


def ratio(results, one, other, scenario=None, of="bytes"):
    """Returns the speed of one divided by that of the other, by the medians of one run; None where one of them
    was not measured."""
    found = find(results, one, scenario), find(results, other, scenario)
    if None in found:
        return None
    return rate(found[0], of) / rate(found[1], of)
