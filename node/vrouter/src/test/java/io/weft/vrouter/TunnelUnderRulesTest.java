package io.weft.vrouter;

/** The same packets between ports that have stateful rules: everything is parsed and judged on its way. */
class TunnelUnderRulesTest extends TunnelScenarios {
    TunnelUnderRulesTest() {
        super(false, true);
    }
}
