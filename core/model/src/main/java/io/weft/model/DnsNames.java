package io.weft.model;

import java.util.regex.Pattern;

/**
 * The rules of names in DNS, as Neutron's validators have them: labels of RFC 1123 section 2.1, lower case, at most 255
 * bytes on the wire (RFC 1035 section 2.3.4). A text that ends with a dot is complete; another one is relative.
 */
public final class DnsNames {
    /** What follows the names of ports when the operator says nothing. */
    public static final String DEFAULT_DOMAIN = "openstacklocal.";

    /** The most characters of a complete name, the dot at its end among them: 255 bytes on the wire. */
    public static final int MAX_LENGTH = 254;

    private static final Pattern LABEL = Pattern.compile("[a-z0-9-]{1,63}");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");

    private DnsNames() {}

    /** A name, complete or relative, or the empty text. */
    public static void requireName(String field, String name) {
        if (!name.isEmpty()) {
            requireForm(field, name);
        }
    }

    /** A domain, which is complete and leaves room for a name in it, or the empty text. */
    public static void requireDomain(String field, String domain) {
        if (domain.isEmpty()) {
            return;
        }
        Rules.require(field, domain.endsWith("."), "'" + domain + "' is not a FQDN");
        requireForm(field, domain);
        Rules.require(
                field,
                domain.length() <= MAX_LENGTH - 2,
                "'" + domain + "' contains " + domain.length()
                        + " characters. Adding a sub-domain will cause it to exceed"
                        + " the maximum length of a FQDN of '" + MAX_LENGTH + "'");
    }

    /** That a name can stand in this domain: what is relative fits, and what is complete lies below it. */
    public static void requireIn(String field, String name, String domain) {
        if (name.isEmpty()) {
            return;
        }
        if (!name.endsWith(".")) {
            Rules.require(
                    field,
                    fits(name, domain),
                    "The dns_name passed is a PQDN and its size is '" + name.length() + "'. Followed by the domain '"
                            + domain + "' it exceeds the maximum size of '" + MAX_LENGTH + "'");
            return;
        }
        Rules.require(
                field,
                name.length() > domain.length() + 1 && name.endsWith("." + domain),
                "The dns_name passed is a FQDN. Its higher level labels must be equal to the domain '" + domain
                        + "'. It must also include one or more valid DNS labels to the left of '" + domain + "'");
    }

    /** Whether a relative name and a domain make a complete name that is not too long. */
    public static boolean fits(String name, String domain) {
        return name.length() + 1 + domain.length() <= MAX_LENGTH;
    }

    /** The part of a name before the domain; a relative name is that part already. */
    public static String relative(String name, String domain) {
        return name.endsWith("." + domain) ? name.substring(0, name.length() - domain.length() - 1) : name;
    }

    private static void requireForm(String field, String text) {
        String trimmed = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        String about = "'" + text + "' not a valid PQDN or FQDN. Reason: ";
        Rules.require(
                field,
                trimmed.length() < MAX_LENGTH,
                about + "'" + trimmed + "' exceeds the " + (MAX_LENGTH - 1) + " character FQDN limit");
        String[] labels = trimmed.split("\\.", -1);
        for (String label : labels) {
            Rules.require(field, !label.isEmpty(), about + "Encountered an empty component");
            Rules.require(
                    field,
                    !label.startsWith("-") && !label.endsWith("-"),
                    about + "Name '" + label + "' must not start or end with a hyphen");
            Rules.require(
                    field,
                    LABEL.matcher(label).matches(),
                    about + "Name '" + label
                            + "' must be 1-63 characters long, each of which can only be alphanumeric or a hyphen");
        }
        String last = labels[labels.length - 1];
        Rules.require(
                field,
                labels.length == 1 || !DIGITS.matcher(last).matches(),
                about + "TLD '" + last + "' must not be all numeric");
    }
}
