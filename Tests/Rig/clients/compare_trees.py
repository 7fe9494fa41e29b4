"""Compares each file of a tree with the delivered one and prints how many differ.

compare_trees.py TREE DELIVERED FLATTENED
"""

import filecmp
import os
import sys


def main():
    tree, delivered, flattened = sys.argv[1], sys.argv[2], sys.argv[3] == "True"
    wrong = 0
    for folder, _, names in os.walk(tree):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.islink(path):
                continue
            relative = os.path.relpath(path, tree)
            other = relative.replace("/", "%") if flattened else relative
            wrong += not filecmp.cmp(path, os.path.join(delivered, other), shallow=False)
    print(wrong)


if __name__ == "__main__":
    main()
