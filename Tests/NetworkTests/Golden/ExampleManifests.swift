/// The example of the manual, with the nodes and keys that it leaves to the reader.
enum Example {
    static let yaml = """
        apiVersion: cvlan.io/v1
        kind: Tenant
        metadata: { name: acme }
        spec:
          displayName: Acme Corp
          domain: acme.example
          groups:
            - name: engineering
              members: [{ labels: { team: eng } }, { node: bastion }]
          defaults: { action: deny, protocol: wireguard }
          addressPools: [10.64.0.0/12, "fd64::/32"]
        ---
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: acme, name: office }
        spec:
          cidrs: [10.100.0.0/24, "fd64:100::/64"]
          topology: mesh
          mtu: 1420
          keepalive: 25s
          reserved: [10.100.0.3-10.100.0.7, 10.100.0.200/29]
        ---
        apiVersion: cvlan.io/v1
        kind: CVLAN
        metadata: { tenant: acme, name: lab }
        spec:
          auto: { v4: 24, v6: 64 }
          topology: hub
        ---
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: laptop-1, labels: { team: eng, os: linux } }
        spec:
          networks:
            - cvlan: office
              addresses: [10.100.0.10]
          wireguard: { publicKey: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=" }
        ---
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: bastion }
        spec:
          role: gateway
          networks: [{ cvlan: office }, { cvlan: lab }]
          wireguard: { publicKey: "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=" }
          endpoints: ["203.0.113.7:51820"]
          routes:
            - { prefix: 10.1.0.0/24, nat: none, priority: 100 }
        ---
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: db-1, labels: { app: db } }
        spec:
          networks: [{ cvlan: office }]
          wireguard: { publicKey: "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=" }
        ---
        apiVersion: cvlan.io/v1
        kind: Node
        metadata: { tenant: acme, name: printer }
        spec:
          networks: [{ cvlan: office }, { cvlan: lab }]
          expires: 2027-06-30T00:00:00Z
        ---
        apiVersion: cvlan.io/v1
        kind: Policy
        metadata: { tenant: acme, name: database }
        spec:
          cvlan: office
          rules:
            - name: engineers-to-postgres
              action: allow
              from: [{ group: engineering }]
              to: [{ labels: { app: db } }]
              ports: [tcp/5432, tcp/8000-8100, udp/53, icmp]
          tests:
            - { from: { node: laptop-1 }, to: { node: db-1 }, port: tcp/5432, expect: allow }
            - { from: { node: printer }, to: { node: db-1 }, port: tcp/22, expect: deny }

        """
}
