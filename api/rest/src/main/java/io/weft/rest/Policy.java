package io.weft.rest;

/** Who may do what. Actions have Neutron's names: {@code create_port}, {@code update_port}, {@code get_port}. */
@FunctionalInterface
public interface Policy {
    /**
     * The roles of OpenStack's defaults: administrators do everything, a caller whose only role is {@code reader}
     * reads, all others also write. Ownership and attributes for administrators are checked by the engine.
     */
    Policy STANDARD = (caller, action) -> caller.admin()
            || action.startsWith("get_")
            || !(caller.roles().size() == 1 && caller.roles().contains("reader"));

    boolean allows(Caller caller, String action);

    /** The answer to a refused action, in the words of oslo.policy. */
    static ApiException refused(String rule) {
        return RestError.NOT_AUTHORIZED.with(rule + " is disallowed by policy");
    }
}
