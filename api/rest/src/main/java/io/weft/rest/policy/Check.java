package io.weft.rest.policy;

import io.weft.rest.policy.Credentials.Identity;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One rule, or a part of one, as a predicate: https://docs.openstack.org/oslo.policy/latest/admin/policy-json-file.html. */
public sealed interface Check {
    /** Whether the caller may, as far as this check goes. */
    boolean allows(Credentials caller, Target target);

    /** Whether the answer depends on the caller alone. */
    boolean aboutCallerAlone();

    /** The check with every reference to a rule replaced. */
    default Check with(UnaryOperator<Check> replacement) {
        return replacement.apply(this);
    }

    /** {@code @} and the empty rule: everybody. {@code !}: nobody. */
    enum Constant implements Check {
        EVERYBODY,
        NOBODY;

        @Override
        public boolean allows(Credentials caller, Target target) {
            return this == EVERYBODY;
        }

        @Override
        public boolean aboutCallerAlone() {
            return true;
        }
    }

    /** {@code a and b}. */
    record All(List<Check> checks) implements Check {
        @Override
        public boolean allows(Credentials caller, Target target) {
            for (int i = 0; i < checks.size(); i++) {
                if (!checks.get(i).allows(caller, target)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public boolean aboutCallerAlone() {
            return checks.stream().allMatch(Check::aboutCallerAlone);
        }

        @Override
        public Check with(UnaryOperator<Check> replacement) {
            return new All(checks.stream().map(check -> check.with(replacement)).toList());
        }
    }

    /** {@code a or b}. */
    record Any(List<Check> checks) implements Check {
        @Override
        public boolean allows(Credentials caller, Target target) {
            for (int i = 0; i < checks.size(); i++) {
                if (checks.get(i).allows(caller, target)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public boolean aboutCallerAlone() {
            return checks.stream().allMatch(Check::aboutCallerAlone);
        }

        @Override
        public Check with(UnaryOperator<Check> replacement) {
            return new Any(checks.stream().map(check -> check.with(replacement)).toList());
        }
    }

    /** {@code not a}. */
    record Not(Check check) implements Check {
        @Override
        public boolean allows(Credentials caller, Target target) {
            return !check.allows(caller, target);
        }

        @Override
        public boolean aboutCallerAlone() {
            return check.aboutCallerAlone();
        }

        @Override
        public Check with(UnaryOperator<Check> replacement) {
            return new Not(check.with(replacement));
        }
    }

    /** {@code rule:name}, until the rules are put together; after that there is none. */
    record Reference(String name) implements Check {
        @Override
        public boolean allows(Credentials caller, Target target) {
            throw new IllegalStateException("rule:" + name + " was not resolved");
        }

        @Override
        public boolean aboutCallerAlone() {
            return false;
        }
    }

    /** {@code role:name}; names of roles are not case-sensitive. */
    record Role(String name) implements Check {
        @Override
        public boolean allows(Credentials caller, Target target) {
            return caller.hasRole(name);
        }

        @Override
        public boolean aboutCallerAlone() {
            return true;
        }
    }

    /** {@code is_admin:True}. */
    record Administrator(boolean wanted) implements Check {
        @Override
        public boolean allows(Credentials caller, Target target) {
            return caller.admin() == wanted;
        }

        @Override
        public boolean aboutCallerAlone() {
            return true;
        }
    }

    /** {@code project_id:%(project_id)s}, {@code user_id:...}; a caller without the id fails it, whatever is asked for. */
    record Owner(Identity identity, Template match) implements Check {
        @Override
        public boolean allows(Credentials caller, Target target) {
            String own = caller.identity(identity);
            return own != null && own.equals(match.fill(target));
        }

        @Override
        public boolean aboutCallerAlone() {
            return match.constant();
        }
    }

    /** {@code 'text':%(attribute)s}, {@code True:%(attribute)s}. */
    record Literal(String text, Template match) implements Check {
        @Override
        public boolean allows(Credentials caller, Target target) {
            return text.equals(match.fill(target));
        }

        @Override
        public boolean aboutCallerAlone() {
            return match.constant();
        }
    }

    /**
     * {@code field:networks:shared=True}, or a regular expression for the value's beginning: {@code
     * field:port:device_owner=~^network:}. Neutron's own.
     *
     * @param name the attribute; of a network when the target is not one, where the check names networks
     */
    record Field(
            String collection,
            String name,
            String wanted,
            @Nullable Pattern pattern) implements Check {
        @Override
        public boolean allows(Credentials caller, Target target) {
            Object value = target.value(name);
            if (Target.ABSENT.equals(value) && collection.equals("networks")) {
                value = target.value("network:" + name);
            }
            String text = value == null ? null : Template.text(value);
            if (text == null) {
                return false;
            }
            if (pattern != null) {
                return pattern.matcher(text).lookingAt();
            }
            return value instanceof Boolean ? text.equalsIgnoreCase(wanted) : text.equals(wanted);
        }

        @Override
        public boolean aboutCallerAlone() {
            return false;
        }
    }
}
