import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pictures.flame_boxes import MOST_BOXES, MOST_ROWS
from app.pictures.flame_difference import flame_difference
from app.pictures.flame_graph import flame_graph
from tests.pictures.reading import Read

HEAVIEST = 100_000


def plain(text):
    return text.replace("\u00a0", " ")


def profile(stacks, **others):
    """Facts of a profile from `{"main;work": own}`; shares and functions as the checker stores them."""
    frames, nodes, places = {}, [], {}
    weights, total = {}, sum(stacks.values())
    for path, own in stacks.items():
        names = path.split(";")
        for depth, name in enumerate(names):
            here = ";".join(names[: depth + 1])
            if here not in places:
                places[here] = len(nodes)
                nodes.append(
                    [places.get(";".join(names[:depth]), -1), frames.setdefault(name, len(frames)), 0, 0]
                )
            nodes[places[here]][2] += own
        nodes[places[path]][3] += own
        for name in set(names):
            known = weights.setdefault(name, [0, 0])
            known[1] += own
            known[0] += own if name == names[-1] else 0
    functions = [
        {
            "name": name,
            "file": "shop/app.py",
            "line": 7,
            "self_share": own / total,
            "total_share": all_ / total,
        }
        for name, (own, all_) in sorted(weights.items(), key=lambda pair: -pair[1][0])
    ]
    return {
        "unit": "samples",
        "total": total,
        "samples": total,
        "functions": functions,
        "shares": [[name, "shop/app.py", own / total, all_ / total] for name, (own, all_) in weights.items()],
        "stacks": {"frames": [[name, "shop/app.py"] for name in frames], "nodes": nodes, "estimated": False},
        **others,
    }


BEFORE = profile({"main;render;dumps": 600, "main;query": 300, "main;log": 100})
AFTER = profile({"main;render;dumps": 100, "main;query": 300, "main;log": 100, "main;cache": 500})


def tooltips(read):
    return [
        plain(each.findtext("title"))
        for each in read.elements
        if each.tag == "g" and each.find("title") is not None
    ]


def test_each_frame_says_its_share_and_is_as_wide():
    picture = flame_graph(BEFORE)
    read = Read(picture.svg)

    assert (read.name, read.strange, read.outside) == ("Flame graph", set(), [])
    assert sorted(tooltips(read)) == [
        "dumps (app.py): 60 %",
        "log (app.py): 10 %",
        "main (app.py): 100 %",
        "query (app.py): 30 %",
        "render (app.py): 60 %",
    ]
    assert read.texts[:-1] == ["main", "log", "query", "render", "dumps"]
    widths = {box.get("d").split("h")[1].split("v")[0] for box in read.has("box")}
    assert widths == {"715.4", "71", "214.2", "429"}


def test_the_sentence_names_the_hottest_function_and_the_table_lists_them():
    picture = flame_graph(BEFORE)

    assert plain(picture.conclusion) == "60 % of 1,000 samples is in dumps (app.py) itself."
    assert picture.conclusion in Read(picture.svg).description
    assert picture.table.columns == ("Function", "File", "Self", "With what it calls")
    assert [tuple(map(plain, row)) for row in picture.table.rows[:2]] == [
        ("dumps", "shop/app.py:7", "60 %", "60 %"),
        ("query", "shop/app.py:7", "30 %", "30 %"),
    ]


def test_waiting_is_said_and_is_not_the_hottest():
    facts = profile({"main;poll": 700, "main;work": 300}, idle_share=0.7)
    facts["functions"][0]["waits"] = True

    assert (
        plain(flame_graph(facts).conclusion)
        == "30 % of 1,000 samples is in work (app.py) itself. 70 % is waiting."
    )


def test_an_estimated_tree_says_so():
    facts = profile({"main;work": 300})
    facts["stacks"]["estimated"] = True

    assert "is an estimate" in flame_graph(facts).conclusion


@pytest.mark.parametrize(
    ("unit", "total", "said"), [("ms", 12_340, "12.3 s (9 samples)"), ("bytes", 33_600_000, "33.6 MB")]
)
def test_the_amount_is_in_the_unit_of_the_profile(unit, total, said):
    facts = profile({"main;work": total}, unit=unit, samples=9)

    assert f"of {said} is in" in plain(flame_graph(facts).conclusion)


def test_a_name_has_one_shade_in_every_picture():
    one, other = (Read(flame_graph(facts).svg) for facts in (BEFORE, AFTER))

    def shade(read):
        return next(
            each.get("class") for each in read.elements if (each.findtext("title") or "").startswith("query")
        )

    assert shade(one) == shade(other)


def test_callers_of_everything_are_left_out_and_counted():
    picture = flame_graph(profile({"boot;run;loop;main;work": 60, "boot;run;loop;main;rest": 40}))

    assert Read(picture.svg).texts[:-1] == ["main", "rest", "work"]
    assert picture.conclusion.endswith("3 callers of everything drawn are left out.")


def test_narrow_frames_are_one_and_the_widest_are_drawn():
    facts = profile({f"main;f{n:04}": 1 + n % 7 for n in range(1500)})
    read = Read(flame_graph(facts).svg)

    assert len(read.has("box")) <= MOST_BOXES + 1
    assert tooltips(read)[-1].endswith("narrower frames") or any(
        "narrower" in each for each in tooltips(read)
    )
    assert len(read.has("rest")) == 1


def test_deep_stacks_end_at_the_last_row_and_say_so():
    path = ";".join(f"f{n}" for n in range(90))
    picture = flame_graph(profile({path: 60, "f0;other": 40}))

    assert len(Read(picture.svg).has("box")) == MOST_ROWS + 1
    assert picture.conclusion.endswith(f"Calls below row {MOST_ROWS} are not drawn.")


def test_a_difference_marks_what_rose_and_fell_with_a_sign_and_a_number():
    picture = flame_difference(BEFORE, AFTER)
    read = Read(picture.svg)

    assert (read.strange, read.outside) == (set(), [])
    assert read.texts[:-1] == ["main", "+50 cache", "log", "query", "−50 render", "−50 dumps"]
    kinds = {
        each.findtext("title").split(" ")[0]: each.get("class")
        for each in read.elements
        if each.find("title") is not None
    }
    assert (kinds["cache"], kinds["dumps"], kinds["query"]) == ("rose much", "fell much", "same")
    assert "dumps (app.py): before 60 %, after 10 %" in tooltips(read)


def test_a_difference_says_what_changed_most_and_lists_it():
    picture = flame_difference(BEFORE, AFTER)

    assert plain(picture.conclusion) == (
        "dumps (app.py) fell most, from 60 % to 10 %; cache (app.py) rose most, from 0 % to 50 %."
    )
    assert [tuple(map(plain, row)) for row in picture.table.rows] == [
        ("dumps (app.py)", "60 %", "10 %", "−50"),
        ("render (app.py)", "60 %", "10 %", "−50"),
        ("cache (app.py)", "0 %", "50 %", "+50"),
    ]


def test_two_equal_profiles_differ_in_nothing():
    picture = flame_difference(BEFORE, BEFORE)

    assert picture.conclusion == "No function's share changed by a point."
    assert {each.get("class") for each in Read(picture.svg).elements if each.find("title") is not None} <= {
        "same",
        "plot flame difference",
    }


@pytest.mark.parametrize("facts", [{}, {"stacks": None}, {**BEFORE, "total": 0}, {**BEFORE, "stacks": {}}])
def test_without_stacks_there_is_no_picture(facts):
    assert flame_graph(facts) is None
    assert flame_difference(BEFORE, facts) is None
    assert flame_difference(facts, AFTER) is None


WEIRD = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=8)
    | st.lists(st.integers(), max_size=3)
)
TEXT = st.text(max_size=12) | st.sampled_from(["<script>", 'a"b', "\x00\ud800", "a" * 300])
NODES = st.lists(
    st.tuples(st.integers(-2, 12), st.integers(-1, 6), st.floats(0, 2000), st.floats(0, 10)).map(list)
    | WEIRD,
    max_size=30,
)
FUNCTION = st.fixed_dictionaries(
    {}, optional={"name": TEXT | WEIRD, "file": TEXT | WEIRD, "line": WEIRD, "waits": WEIRD,
                  **dict.fromkeys(("self_share", "total_share"), st.floats(0, 1) | WEIRD)}
)  # fmt: skip
SHARES = st.tuples(TEXT, TEXT, st.floats(0, 2), st.floats(0, 2)).map(list)
NAMES = st.lists(TEXT | WEIRD, max_size=3)
FACTS = st.fixed_dictionaries(
    {}, optional={
        "unit": st.sampled_from(["ms", "bytes", "samples"]) | WEIRD,
        "total": st.floats(0, 1e12) | WEIRD,
        "samples": WEIRD,
        "idle_share": WEIRD,
        "functions": st.lists(FUNCTION | WEIRD, max_size=4) | WEIRD,
        "shares": st.lists(SHARES | WEIRD, max_size=5) | WEIRD,
        "stacks": st.fixed_dictionaries(
            {"nodes": NODES | WEIRD, "frames": st.lists(NAMES | WEIRD, max_size=6) | WEIRD},
            optional={"estimated": WEIRD},
        ) | WEIRD,
    },
)  # fmt: skip


def require_sound(picture):
    if picture is None:
        return
    read = Read(picture.svg)
    assert (read.strange, read.outside) == (set(), [])
    assert read.root.get("role") == "img"
    assert read.name
    assert read.description
    assert picture.conclusion
    assert {len(row) for row in picture.table.rows} <= {len(picture.table.columns)}
    assert len(picture.svg) <= HEAVIEST


@settings(max_examples=200, deadline=None)
@given(FACTS, FACTS)
def test_any_facts_give_a_sound_picture_or_none(before, after):
    require_sound(flame_graph(before))
    require_sound(flame_difference(before, after))


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40).map(";".join),
        st.integers(1, 10**6),
        min_size=1,
        max_size=60,
    )
)
def test_any_stacks_are_drawn_inside_and_light(stacks):
    require_sound(flame_graph(profile(stacks)))
    require_sound(flame_difference(profile(stacks), BEFORE))
