package io.weft.vrouter;

class TunnelOverIpv6Test extends TunnelScenarios {
    TunnelOverIpv6Test() {
        super(true, false);
    }
}
