package io.weft.vrouter;

class TunnelOverIpv4Test extends TunnelScenarios {
    TunnelOverIpv4Test() {
        super(false, false);
    }
}
