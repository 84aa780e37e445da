"""Bank holidays of the three nations as PyPI `holidays` knows them: `year,nation,date,name` on standard output.

    python3 -m venv peers && peers/bin/pip install holidays==0.109
    peers/bin/python tests/support/bank_holidays.py FIRST_YEAR LAST_YEAR > fixtures/holidays/2020-2030.csv
"""

import sys

import holidays

NATIONS = {"england-and-wales": ("ENG", "WLS"), "scotland": ("SCT",), "northern-ireland": ("NIR",)}

first, last = map(int, sys.argv[1:3])
print("nation,date,name")
for nation, parts in NATIONS.items():
    days = [holidays.country_holidays("GB", subdiv=part, years=range(first, last + 1)) for part in parts]
    assert all(set(other) == set(days[0]) for other in days), "England and Wales share all of theirs"
    for day, name in sorted(days[0].items()):
        if first <= day.year <= last:
            print(f'{nation},{day},"{name}"')
