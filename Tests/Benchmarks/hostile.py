"""Manifests as somebody might write them who wants lint to take long: each shape grows with a number."""

HEAD = """\
apiVersion: cvlan.io/v1
kind: Tenant
metadata: { name: acme }
spec:
  groups:
    - { name: staff, members: [{ labels: { team: staff } }] }
---
apiVersion: cvlan.io/v1
kind: CVLAN
metadata: { tenant: acme, name: office }
spec: { cidrs: [10.0.0.0/8, "fd64::/64"] }
---
"""


def document(kind, name, spec, metadata=""):
    return (f"apiVersion: cvlan.io/v1\nkind: {kind}\nmetadata: {{ tenant: acme, name: {name}{metadata} }}\n"
            f"spec: {spec}\n---\n")


def node(number, spec="", metadata=""):
    return document("Node", f"n{number}", f"{{ networks: [{{ cvlan: office }}]{spec} }}", metadata)


def nodes(count, **more):
    return "".join(node(number, **more) for number in range(count))


def policy(rules, tests=()):
    lines = "".join(f"\n    - {rule}" for rule in rules)
    asserts = "".join(f"\n    - {test}" for test in tests)
    return document("Policy", "p", f"\n  rules:{lines}" + (f"\n  tests:{asserts}" if asserts else ""))


def allow(source, target, ports=""):
    return f"{{ action: allow, from: [{source}], to: [{target}]{ports} }}"


def port(number):
    return f", ports: [tcp/{number % 65535 + 1}]"


def flow_depth(n):
    return document("Policy", "deep", "[" * n + "]" * n)


def block_depth(n):
    return "".join(" " * min(level, 40) + f"k{level}:\n" for level in range(n))


def nested_excepts(n):
    """As deep as a document may be, many times over."""
    deep = "{ any: true"
    for _ in range(8):
        deep += ", except: [{ labels: { team: staff }"
    deep += " }]" * 8 + " }"
    return HEAD + nodes(10) + policy([allow(deep, "{ group: staff }", port(number)) for number in range(n // 10)])


def wide_except(n):
    names = ", ".join(f"{{ node: n{number} }}" for number in range(n))
    return HEAD + nodes(n) + policy([allow(f"{{ any: true, except: [{names}] }}", "{ any: true }")])


def selectors(n):
    names = ", ".join(f"{{ node: n{number} }}" for number in range(n))
    return HEAD + nodes(n) + policy([allow(names, names)])


def unknown_names(n):
    names = ", ".join(f"{{ node: nobody-{number} }}" for number in range(n))
    return HEAD + nodes(100) + policy([allow(names, "{ any: true }")])


def groups(n):
    """Each in the next, twice: whoever follows both ways follows 2 to the n."""
    text = "".join(
        f"    - {{ name: g{number + 1}, members: [{{ group: g{number} }}, {{ group: g{number} }}] }}\n" for number in range(n))
    return ("apiVersion: cvlan.io/v1\nkind: Tenant\nmetadata: { name: acme }\nspec:\n  groups:\n"
            "    - { name: g0, members: [{ any: true }] }\n" + text + "---\n"
            + HEAD[HEAD.index("---") + 4:] + nodes(3) + policy([allow(f"{{ group: g{n} }}", "{ any: true }")]))


def tenants(n):
    return "".join(HEAD.replace("acme", f"t{number}") for number in range(n))


def networks(n):
    """All with the same addresses."""
    return HEAD + "".join(document("CVLAN", f"c{number}", "{ cidrs: [10.0.0.0/24] }") for number in range(n))


def nested_networks(n):
    """Each address in as many networks as there are prefix lengths."""
    return HEAD + "".join(
        document("CVLAN", f"c{number}", f"{{ cidrs: [10.{number // 16 % 256}.0.0/{16 + number % 16}] }}")
        for number in range(n))


def same_names(n):
    return HEAD + "".join(node(0) for _ in range(n))


def same_keys(n):
    return HEAD + nodes(n, spec=", wireguard: { publicKey: \"" + "A" * 43 + "=\" }")


def same_addresses(n):
    return HEAD + "".join(
        document("Node", f"n{number}", "{ networks: [{ cvlan: office, addresses: [10.0.0.9] }] }") for number in range(n))


def routes(n):
    many = ", ".join(f"{{ prefix: 172.{16 + number // 65536}.{number // 256 % 256}.{number % 256}/32 }}" for number in range(n))
    return HEAD + nodes(3) + document("Node", "gw", f"{{ role: gateway, networks: [{{ cvlan: office }}], routes: [{many}] }}") \
        + policy([allow("{ any: true }", "{ cidr: 172.16.0.0/12 }")])


def rules_by_port(n):
    return HEAD + nodes(10) + policy([allow("{ any: true }", "{ any: true }", port(number)) for number in range(n)])


def rules_by_node(n):
    return HEAD + nodes(n) + policy(
        [allow(f"{{ node: n{number} }}", f"{{ node: n{(number + 1) % n} }}", port(number)) for number in range(n)])


def rules_by_label(n):
    text = "".join(node(number, metadata=f", labels: {{ a{number % 50}: x, b{number % 49}: x }}") for number in range(n))
    return HEAD + text + policy(
        [allow(f"{{ labels: {{ a{number % 50}: x }} }}", f"{{ labels: {{ b{number % 49}: x }} }}", port(number))
         for number in range(n)])


def denies(n):
    return HEAD + nodes(10) + policy(
        [f"{{ action: {'deny' if number % 2 else 'allow'}, from: [{{ any: true }}], to: [{{ any: true }}]{port(number // 2)} }}"
         for number in range(n)])


def tests(n):
    return HEAD + nodes(10) + policy(
        [allow("{ any: true }", "{ any: true }", port(4))],
        [f"{{ from: {{ node: n1 }}, to: {{ node: n2 }}, port: tcp/{number % 65535 + 1}, expect: deny }}" for number in range(n)])


def failing_tests(n):
    return HEAD + nodes(10) + policy(
        [allow("{ any: true }", "{ any: true }", port(4))],
        ["{ from: { node: n1 }, to: { any: true }, port: tcp/9, expect: allow }" for _ in range(n)])


def wide_test(n):
    return HEAD + nodes(n) + policy(
        [allow("{ any: true }", "{ any: true }", port(4))],
        ["{ from: { any: true }, to: { any: true }, port: tcp/9, expect: deny }"])


def ignores(n):
    return HEAD + "".join(f"# cvlan: ignore CV112 reason {number}\n" for number in range(n))


def ignores_of_one_line(n):
    return HEAD + "a: b # cvlan: ignore " + ",".join("CV112" for _ in range(n)) + " reason\n"


def unknown_fields(n):
    return document("Node", "n", "\n" + "".join(f"  field{number}: x\n" for number in range(n)))


def repeated_keys(n):
    return document("Node", "n", "\n" + "  role: client\n" * n)


def aliases(n):
    return "a: &a [x]\nb: [" + "*a, " * n + "*a]\n"


def alias_bomb(n):
    lines = ["a0: &a0 [x, x]\n"]
    lines += [f"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]\n" for level in range(1, min(n, 2000))]
    return "".join(lines)


def long_scalar(n):
    return HEAD + document("Node", "x" * n, "{}")


def long_line(n):
    """Many findings, all on one line: each may be shown with it."""
    return HEAD + document("Policy", "p", "{ rules: [" + ", ".join(
        "{ action: alow, from: [{ any: true }], to: [{ any: true }] }" for _ in range(n)) + "] }")


def json_line(n):
    return '{"apiVersion":"cvlan.io/v1","kind":"Node","metadata":{"tenant":"acme","name":"n"},"spec":{"endpoints":[' + \
        ",".join('"nowhere"' for _ in range(n)) + "]}}"


def documents(n):
    return "---\n" * n


def comments(n):
    return "# nothing\n" * n + HEAD


def garbage(n):
    return "".join("%@`" + chr(33 + number % 90) + "\n" for number in range(n))


def labels(n):
    many = ", ".join(f"l{number}: x" for number in range(n))
    return HEAD + nodes(1, metadata=f", labels: {{ {many} }}") + policy([allow(f"{{ labels: {{ {many} }} }}", "{ any: true }")])


def reserved(n):
    many = ", ".join(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}" for number in range(n))
    return HEAD + document("CVLAN", "lab", f"{{ cidrs: [10.0.0.0/8], reserved: [{many}] }}")


def full_network(n):
    bits = max(2, (n - 1).bit_length())
    return HEAD.replace("10.0.0.0/8", f"10.0.0.0/{32 - bits}") + nodes(n)


def expired(n):
    return HEAD + nodes(n, spec=", expires: 2020-01-01T00:00:00Z")


# What a shape starts with, such that one run takes some seconds under callgrind. A finding makes every format look at the
# file once more, and a mesh of more than 1000 nodes has one: where that would be a good part of the work, both sizes are
# below. (A network is full, and has a finding, with 250 nodes as with 1000.)
SHAPES = {
    flow_depth: 6_650, block_depth: 1_300, nested_excepts: 650, wide_except: 300, selectors: 250,
    unknown_names: 650, groups: 300, tenants: 150, networks: 150, nested_networks: 150, same_names: 300,
    same_keys: 300, same_addresses: 300, routes: 650, rules_by_port: 150, rules_by_node: 150,
    rules_by_label: 150, denies: 150, tests: 300, failing_tests: 150, wide_test: 100, ignores: 1_650,
    ignores_of_one_line: 1_650, unknown_fields: 650, repeated_keys: 650, aliases: 1_650, alias_bomb: 150,
    long_scalar: 33_300, long_line: 150, json_line: 650, documents: 3_300, comments: 6_650, garbage: 1_650,
    labels: 300, reserved: 650, full_network: 250, expired: 300,
}
