package io.weft.domain.error;

/**
 * Every refusal and failure of the domain, with Neutron's name for it and its message. The places of a message are
 * filled in order.
 */
public enum Problem {
    // Not there, or not for this caller to see.
    NETWORK_NOT_FOUND(Category.NOT_FOUND, "NetworkNotFound", "Network %s could not be found."),
    SUBNET_NOT_FOUND(Category.NOT_FOUND, "SubnetNotFound", "Subnet %s could not be found."),
    PORT_NOT_FOUND(Category.NOT_FOUND, "PortNotFound", "Port %s could not be found."),
    PORT_BINDING_NOT_FOUND(
            Category.NOT_FOUND, "PortBindingNotFound", "Binding for port %s for host %s could not be found."),
    ROUTER_NOT_FOUND(Category.NOT_FOUND, "RouterNotFound", "Router %s could not be found"),
    ROUTER_INTERFACE_NOT_FOUND(
            Category.NOT_FOUND, "RouterInterfaceNotFound", "Router %s does not have an interface with id %s"),
    ROUTER_INTERFACE_NOT_FOUND_FOR_SUBNET(
            Category.NOT_FOUND, "RouterInterfaceNotFoundForSubnet", "Router %s has no interface on subnet %s"),
    AVAILABILITY_ZONE_NOT_FOUND(
            Category.NOT_FOUND, "AvailabilityZoneNotFound", "AvailabilityZone %s could not be found."),
    FLAVOR_NOT_FOUND(Category.NOT_FOUND, "FlavorNotFound", "Flavor %s could not be found."),
    SERVICE_PROFILE_NOT_FOUND(Category.NOT_FOUND, "ServiceProfileNotFound", "Service Profile %s could not be found."),
    SERVICE_PROFILE_DRIVER_NOT_FOUND(
            Category.NOT_FOUND, "ServiceProfileDriverNotFound", "Service Profile driver %s could not be found."),
    FLAVOR_SERVICE_PROFILE_BINDING_NOT_FOUND(
            Category.NOT_FOUND,
            "FlavorServiceProfileBindingNotFound",
            "Service Profile %s is not associated with flavor %s."),
    FLOATING_IP_NOT_FOUND(Category.NOT_FOUND, "FloatingIPNotFound", "Floating IP %s could not be found"),
    EXTERNAL_GATEWAY_FOR_FLOATING_IP_NOT_FOUND(
            Category.NOT_FOUND,
            "ExternalGatewayForFloatingIPNotFound",
            "External network %s is not reachable from subnet %s.  Therefore, cannot associate Port %s with a Floating"
                    + " IP."),
    PORT_FORWARDING_NOT_FOUND(Category.NOT_FOUND, "PortForwardingNotFound", "Port Forwarding %s could not be found."),
    SECURITY_GROUP_NOT_FOUND(Category.NOT_FOUND, "SecurityGroupNotFound", "Security group %s does not exist"),
    SECURITY_GROUP_RULE_NOT_FOUND(
            Category.NOT_FOUND, "SecurityGroupRuleNotFound", "Security group rule %s does not exist"),
    ADDRESS_GROUP_NOT_FOUND(Category.NOT_FOUND, "AddressGroupNotFound", "Address group %s could not be found."),
    ADDRESSES_NOT_FOUND(Category.NOT_FOUND, "AddressesNotFound", "Addresses %s not found in the address group %s."),
    DEFAULT_SECURITY_GROUP_RULE_NOT_FOUND(
            Category.NOT_FOUND, "DefaultSecurityGroupRuleNotFound", "Default Security Group rule %s does not exist"),
    QOS_POLICY_NOT_FOUND(Category.NOT_FOUND, "QosPolicyNotFound", "QoS policy %s could not be found."),
    QOS_RULE_NOT_FOUND(Category.NOT_FOUND, "QosRuleNotFound", "QoS rule of type %s with ID %s could not be found."),
    QOS_RULE_OF_POLICY_NOT_FOUND(
            Category.NOT_FOUND, "QosRuleNotFound", "QoS rule %s for policy %s could not be found."),
    RBAC_POLICY_NOT_FOUND(Category.NOT_FOUND, "RbacPolicyNotFound", "RBAC policy of type unknown with ID %s not found"),
    ADDRESS_SCOPE_NOT_FOUND(Category.NOT_FOUND, "AddressScopeNotFound", "Address scope %s could not be found."),
    SUBNET_POOL_NOT_FOUND(Category.NOT_FOUND, "SubnetPoolNotFound", "Subnet pool %s could not be found."),
    NODE_NOT_FOUND(Category.NOT_FOUND, "AgentNotFound", "Agent %s could not be found."),
    TRUNK_NOT_FOUND(Category.NOT_FOUND, "TrunkNotFound", "Trunk %s could not be found."),
    SUBPORT_NOT_FOUND(
            Category.NOT_FOUND, "SubPortNotFound", "SubPort on trunk %s with parent port %s could not be found."),
    OCTAVIA_NOT_FOUND(Category.NOT_FOUND, "NotFound", "%s %s not found."),
    TAG_NOT_FOUND(Category.NOT_FOUND, "TagNotFound", "Tag %s could not be found."),

    // There, but not for this caller to change.
    NOT_AUTHORIZED(Category.FORBIDDEN, "PolicyNotAuthorized", "%s is disallowed by policy"),
    QOS_POLICY_REMOVE_UNAUTHORIZED(
            Category.FORBIDDEN,
            "PolicyRemoveAuthorizationError",
            "Failed to remove provided policy %s because you are not authorized."),

    // Wrong in what was asked.
    INVALID_INPUT(Category.USER, "InvalidInput", "Invalid input for operation: %s."),
    BAD_REQUEST(Category.USER, "BadRequest", "Bad %s request: %s."),
    OCTAVIA_VALIDATION(Category.USER, "ValidationException", "Validation failure: %s."),
    LOAD_BALANCER_HAS_CHILDREN(
            Category.USER,
            "ValidationException",
            "Validation failure: Cannot delete Load Balancer %s - it has children."),
    ADDRESS_SCOPE_UPDATE_ERROR(Category.USER, "AddressScopeUpdateError", "Unable to update address scope %s : %s."),
    ILLEGAL_SUBNET_POOL_ASSOCIATION(
            Category.USER,
            "IllegalSubnetPoolAssociationToAddressScope",
            "Illegal subnetpool association: subnetpool %s cannot be associated with address scope %s."),
    ILLEGAL_SUBNET_POOL_VERSION_ASSOCIATION(
            Category.USER,
            "IllegalSubnetPoolIpVersionAssociationToAddressScope",
            "Illegal subnetpool association: subnetpool %s cannot associate with address scope %s because subnetpool"
                    + " ip_version is not %s."),
    INVALID_ACTION_FOR_TYPE(
            Category.USER, "InvalidActionForType", "Invalid action '%s' for object type '%s'. Valid actions: %s"),
    INVALID_ALLOCATION_POOL(Category.USER, "InvalidAllocationPool", "The allocation pool %s is not valid."),
    OUT_OF_BOUNDS_ALLOCATION_POOL(
            Category.USER, "OutOfBoundsAllocationPool", "The allocation pool %s spans beyond the subnet cidr %s."),
    INVALID_IP_FOR_NETWORK(
            Category.USER,
            "InvalidIpForNetwork",
            "IP address %s is not a valid IP for any of the subnets on the specified network."),
    INVALID_IP_FOR_SUBNET(
            Category.USER, "InvalidIpForSubnet", "IP address %s is not a valid IP for the specified subnet."),
    INVALID_SUBNET_SERVICE_TYPE(
            Category.USER,
            "InvalidSubnetServiceType",
            "Subnet service type %s does not correspond to a valid device owner."),
    ALLOCATION_ON_AUTO_ADDRESS_SUBNET(
            Category.USER,
            "AllocationOnAutoAddressSubnet",
            "IPv6 address %s cannot be directly assigned to a port on subnet %s as the subnet is configured for"
                    + " automatic addresses"),
    IP_ADDRESS_CHANGE_NOT_ALLOWED(Category.USER, "IPAddressChangeNotAllowed", "IP updates for port %s are not allowed"),
    INVALID_ROUTES(Category.USER, "InvalidRoutes", "Invalid format for routes: %s, %s"),
    ROUTES_EXHAUSTED(
            Category.USER,
            "RoutesExhausted",
            "Unable to complete operation for %s. The number of routes exceeds the maximum %s."),
    DNS_NAME_SERVERS_EXHAUSTED(
            Category.USER,
            "DNSNameServersExhausted",
            "Unable to complete operation for %s. The number of DNS nameservers exceeds the limit %s."),
    HOST_ROUTES_EXHAUSTED(
            Category.USER,
            "HostRoutesExhausted",
            "Unable to complete operation for %s. The number of host routes exceeds the limit %s."),
    ADDRESS_PAIRS_EXHAUSTED(
            Category.USER, "AllowedAddressPairExhausted", "The number of allowed address pair exceeds the maximum %s."),
    DUPLICATE_ADDRESS_PAIR(
            Category.USER,
            "DuplicateAddressPairInRequest",
            "Request contains duplicate address pair: mac_address %s ip_address %s."),
    ADDRESS_PAIRS_NEED_PORT_SECURITY(
            Category.CONFLICT,
            "AddressPairAndPortSecurityRequired",
            "Port Security must be enabled in order to have allowed address pairs on a port."),
    SUBNET_MISMATCH_FOR_PORT(
            Category.USER, "SubnetMismatchForPort", "Subnet on port %s does not match the requested subnet %s."),

    INVALID_SERVICE_TYPE(Category.USER, "InvalidServiceType", "Invalid service type: %s."),
    SERVICE_PROFILE_EMPTY(Category.USER, "ServiceProfileEmpty", "Service Profile needs either a driver or metainfo."),
    EMPTY_SUBNET_POOL_PREFIX_LIST(Category.USER, "EmptySubnetPoolPrefixList", "Empty subnet pool prefix list."),
    PREFIX_VERSION_MISMATCH(
            Category.USER, "PrefixVersionMismatch", "Cannot mix IPv4 and IPv6 prefixes in a subnet pool."),
    ILLEGAL_SUBNET_POOL_PREFIX_BOUNDS(
            Category.USER, "IllegalSubnetPoolPrefixBounds", "Illegal prefix bounds: %s=%s, %s=%s."),
    ILLEGAL_SUBNET_POOL_UPDATE(Category.USER, "IllegalSubnetPoolUpdate", "Illegal subnetpool update : %s."),
    ILLEGAL_SUBNET_POOL_PREFIX_UPDATE(
            Category.USER, "IllegalSubnetPoolPrefixUpdate", "Illegal update to prefixes: %s."),
    MIN_PREFIX_SUBNET_ALLOCATION_ERROR(
            Category.USER,
            "MinPrefixSubnetAllocationError",
            "Unable to allocate subnet with prefix length %s, minimum allowed prefix is %s."),
    MAX_PREFIX_SUBNET_ALLOCATION_ERROR(
            Category.USER,
            "MaxPrefixSubnetAllocationError",
            "Unable to allocate subnet with prefix length %s, maximum allowed prefix is %s."),
    SUBNET_POOL_DELETE_ERROR(Category.USER, "SubnetPoolDeleteError", "Unable to delete subnet pool: %s."),
    NETWORK_SUBNET_POOL_AFFINITY(
            Category.USER,
            "NetworkSubnetPoolAffinityError",
            "Subnets hosted on the same network must be allocated from the same subnet pool."),

    SECURITY_GROUP_RULES_OF_SEVERAL_GROUPS(
            Category.USER,
            "SecurityGroupNotSingleGroupRules",
            "Only allowed to update rules for one security profile at a time"),
    SECURITY_GROUP_RULES_OF_SEVERAL_PROJECTS(
            Category.USER,
            "SecurityGroupRulesNotSingleProject",
            "Multiple project_ids in bulk security group rule create not allowed"),
    ADDRESSES_ALREADY_EXIST(
            Category.USER, "AddressesAlreadyExist", "Addresses %s already exist in the address group %s."),

    // Right, but not as things stand.
    /** Neutron answers this with status 500. */
    SUBNET_ALLOCATION_ERROR(Category.CONFLICT, "SubnetAllocationError", "Failed to allocate subnet: %s."),
    /** Neutron answers this, and the next, with status 503. */
    FLAVOR_DISABLED(Category.CONFLICT, "FlavorDisabled", "Flavor is not enabled."),
    SERVICE_PROFILE_DISABLED(Category.CONFLICT, "ServiceProfileDisabled", "Service Profile is not enabled."),
    FLAVOR_IN_USE(Category.CONFLICT, "FlavorInUse", "Flavor %s is used by some service instance."),
    SERVICE_PROFILE_IN_USE(
            Category.CONFLICT, "ServiceProfileInUse", "Service Profile %s is used by some service instance."),
    FLAVOR_SERVICE_PROFILE_BINDING_EXISTS(
            Category.CONFLICT,
            "FlavorServiceProfileBindingExists",
            "Service Profile %s is already associated with flavor %s."),
    QOS_POLICY_IN_USE(Category.CONFLICT, "QosPolicyInUse", "QoS Policy %s is used by %s %s."),
    RBAC_POLICY_IN_USE(
            Category.CONFLICT,
            "RbacPolicyInUse",
            "RBAC policy on object %s cannot be removed because other objects depend on it.\nDetails: %s"),
    DUPLICATE_RBAC_POLICY(Category.CONFLICT, "DuplicateRbacPolicy", "An RBAC policy already exists with those values."),
    QOS_POLICY_DEFAULT_EXISTS(
            Category.CONFLICT, "QoSPolicyDefaultAlreadyExists", "A default QoS policy exists for project %s."),
    QOS_RULE_NOT_SUPPORTED(Category.CONFLICT, "QosRuleNotSupported", "Rule %s is not supported for %s."),
    QOS_RULE_PARAMETER_CONFLICT(
            Category.CONFLICT,
            "QoSRuleParameterConflict",
            "More would be guaranteed by QoS policy %s than its rule of type %s lets pass: %s."),
    QOS_RULES_CONFLICT(
            Category.CONFLICT,
            "QoSRulesConflict",
            "Rule %s conflicts with rule %s which already exists in QoS Policy %s."),
    SECURITY_GROUP_IN_USE(Category.CONFLICT, "SecurityGroupInUse", "Security Group %s in use."),
    SECURITY_GROUP_CANNOT_REMOVE_DEFAULT(
            Category.CONFLICT,
            "SecurityGroupCannotRemoveDefault",
            "Insufficient rights for removing default security group."),
    SECURITY_GROUP_CANNOT_UPDATE_DEFAULT(
            Category.CONFLICT, "SecurityGroupCannotUpdateDefault", "Updating default security group not allowed."),
    SECURITY_GROUP_DEFAULT_EXISTS(
            Category.CONFLICT, "SecurityGroupDefaultAlreadyExists", "Default security group already exists."),
    SECURITY_GROUP_CONFLICT(Category.CONFLICT, "SecurityGroupConflict", "Error %s while attempting the operation."),
    DUPLICATE_SECURITY_GROUP_RULE_IN_POST(
            Category.CONFLICT, "DuplicateSecurityGroupRuleInPost", "Duplicate Security Group Rule in POST."),
    SECURITY_GROUP_RULE_EXISTS(
            Category.CONFLICT, "SecurityGroupRuleExists", "Security group rule already exists. Rule id is %s."),
    DEFAULT_SECURITY_GROUP_RULE_EXISTS(
            Category.CONFLICT,
            "DefaultSecurityGroupRuleExists",
            "Default Security group rule already exists. Rule id is %s."),
    ADDRESS_SCOPE_IN_USE(
            Category.CONFLICT,
            "AddressScopeInUse",
            "Unable to complete operation on address scope %s. There are one or more subnet pools in use on the"
                    + " address scope."),
    ADDRESS_SCOPE_PREFIX_CONFLICT(
            Category.CONFLICT,
            "AddressScopePrefixConflict",
            "Failed to associate address scope: subnetpools within an address scope must have unique prefixes."),
    ADDRESS_GROUP_IN_USE(
            Category.CONFLICT, "AddressGroupInUse", "Address group %s is in use on one or more security group rules"),
    SECURITY_GROUPS_NEED_PORT_SECURITY(
            Category.USER,
            "PortSecurityAndIPRequiredForSecurityGroups",
            "Port security must be enabled and port must have an IP address in order to use security groups."),
    PORT_HAS_SECURITY_GROUPS(
            Category.CONFLICT,
            "PortSecurityPortHasSecurityGroup",
            "Port has security group associated. Cannot disable port security or IP address until security group is"
                    + " removed."),
    NETWORK_IN_USE(
            Category.CONFLICT,
            "NetworkInUse",
            "Unable to complete operation on network %s. There are one or more ports still in use on the network."),
    AUTO_ALLOCATION_FAILURE(Category.CONFLICT, "AutoAllocationFailure", "Deployment error: %s."),
    DEFAULT_EXTERNAL_NETWORK_EXISTS(
            Category.CONFLICT, "DefaultExternalNetworkExists", "A default external network already exists: %s."),
    EXTERNAL_NETWORK_IN_USE(
            Category.CONFLICT,
            "ExternalNetworkInUse",
            "External network %s cannot be updated to be made non-external, since it has existing gateway ports."),
    SUBNET_IN_USE(Category.CONFLICT, "SubnetInUse", "Unable to complete operation on subnet %s: %s."),
    PORT_IN_USE(
            Category.CONFLICT,
            "PortInUse",
            "Unable to complete operation on port %s for network %s. Port already has an attached device %s."),
    PORT_OWNED(Category.CONFLICT, "ServicePortInUse", "Port %s cannot be deleted directly via the port API: %s."),
    TRUNK_PORT_IN_USE(Category.CONFLICT, "TrunkPortInUse", "Port %s is in use by another trunk."),
    PARENT_PORT_IN_USE(
            Category.CONFLICT,
            "ParentPortInUse",
            "Port %s is currently in use and is not eligible for use as a parent port."),
    PORT_IN_USE_AS_TRUNK_PARENT(
            Category.CONFLICT, "PortInUseAsTrunkParent", "Port %s is currently a parent port for trunk %s."),
    PORT_IN_USE_AS_SUBPORT(Category.CONFLICT, "PortInUseAsSubPort", "Port %s is currently a subport for trunk %s."),
    DUPLICATE_SUBPORT(
            Category.CONFLICT,
            "DuplicateSubPort",
            "segmentation_type %s and segmentation_id %s already in use on trunk %s."),
    SUBPORT_MTU_GREATER_THAN_TRUNK_PORT_MTU(
            Category.CONFLICT,
            "SubPortMtuGreaterThanTrunkPortMtu",
            "MTU %s of subport %s cannot be greater than MTU %s of trunk %s."),
    TRUNK_DISABLED(Category.CONFLICT, "TrunkDisabled", "Trunk %s is currently disabled."),
    PORT_BOUND(
            Category.CONFLICT,
            "PortBound",
            "Unable to complete operation on port %s, port is already bound, port type: %s, old_mac %s, new_mac %s."),
    PORT_BINDING_ALREADY_EXISTS(
            Category.CONFLICT, "PortBindingAlreadyExists", "Binding for port %s on host %s already exists."),
    PORT_BINDING_ALREADY_ACTIVE(
            Category.CONFLICT, "PortBindingAlreadyActive", "Binding for port %s on host %s is already active."),
    PORT_BINDING_ERROR(
            Category.CONFLICT,
            "PortBindingError",
            "Binding for port %s on host %s could not be created or updated: no such node."),
    ROUTER_IN_USE(Category.CONFLICT, "RouterInUse", "Router %s %s"),
    ROUTER_INTERFACE_IN_USE_BY_ROUTE(
            Category.CONFLICT,
            "RouterInterfaceInUseByRoute",
            "Router interface for subnet %s on router %s cannot be deleted, as it is required by one or more routes."),
    ROUTER_INTERFACE_IN_USE_BY_FLOATING_IP(
            Category.CONFLICT,
            "RouterInterfaceInUseByFloatingIP",
            "Router interface for subnet %s on router %s cannot be deleted, as it is required by one or more floating"
                    + " IPs."),
    ROUTER_GATEWAY_IN_USE_BY_FLOATING_IP(
            Category.CONFLICT,
            "RouterExternalGatewayInUseByFloatingIp",
            "Gateway cannot be updated for router %s, since a gateway to external network %s is required by one or more"
                    + " floating IPs."),
    UNABLE_TO_ADD_EXTRA_GATEWAYS(
            Category.CONFLICT, "UnableToAddExtraGateways", "Unable to add extra gateways to a router %s: %s"),
    UNABLE_TO_MATCH_GATEWAYS(
            Category.CONFLICT,
            "UnableToMatchGateways",
            "Unable to match a requested gateway port to existing gateway ports for router %s: %s"),
    FLOATING_IP_PORT_ALREADY_ASSOCIATED(
            Category.CONFLICT,
            "FloatingIPPortAlreadyAssociated",
            "Cannot associate floating IP %s (%s) with port %s using fixed IP %s, as that fixed IP already has a"
                    + " floating IP on external network %s."),
    FLOATING_IP_IN_USE_BY_PORT_FORWARDING(
            Category.CONFLICT, "FipInUseByPortForwarding", "Floating IP %s in use by Port Forwarding resources."),
    PORT_HAS_PORT_FORWARDING(
            Category.USER,
            "PortHasPortForwarding",
            "Cannot associate floating IP to port %s because it already has a Port Forwarding binding."),
    PORT_HAS_BINDING_FLOATING_IP(
            Category.CONFLICT,
            "PortHasBindingFloatingIP",
            "Cannot create port forwarding to floating IP %s (%s) with port %s using fixed IP %s, as that port already"
                    + " has a binding floating IP."),
    FLAT_NETWORK_IN_USE(
            Category.CONFLICT, "FlatNetworkInUse", "Unable to create the flat network. Physical network %s is in use."),
    MAC_ADDRESS_IN_USE(
            Category.CONFLICT,
            "MacAddressInUse",
            "Unable to complete operation for network %s. The mac address %s is in use."),
    IP_ADDRESS_ALREADY_ALLOCATED(
            Category.CONFLICT, "IpAddressAlreadyAllocated", "IP address %s already allocated in subnet %s"),
    IP_ADDRESS_GENERATION_FAILURE(
            Category.CONFLICT, "IpAddressGenerationFailure", "No more IP addresses available on network %s."),
    IP_ADDRESS_GENERATION_FAILURE_NO_MATCHING_SUBNET(
            Category.CONFLICT,
            "IpAddressGenerationFailureNoMatchingSubnet",
            "No valid service subnet for the given device owner, network %s, service type %s."),
    OVERLAPPING_ALLOCATION_POOLS(
            Category.CONFLICT,
            "OverlappingAllocationPools",
            "Found overlapping allocation pools: %s %s for subnet %s."),
    GATEWAY_CONFLICT_WITH_POOLS(
            Category.CONFLICT,
            "GatewayConflictWithAllocationPools",
            "Gateway ip %s conflicts with allocation pool %s."),
    GATEWAY_IP_IN_USE(
            Category.CONFLICT, "GatewayIpInUse", "Current gateway ip %s already in use by port %s. Unable to update."),
    TUNNEL_ID_IN_USE(Category.CONFLICT, "TunnelIdInUse", "Unable to create the network. The tunnel ID %s is in use."),
    INVALID_SHARED_SETTING(
            Category.CONFLICT,
            "InvalidSharedSetting",
            "Unable to reconfigure sharing settings for network %s. Multiple tenants are using it."),
    DUPLICATE_LISTENER(
            Category.CONFLICT,
            "DuplicateListenerEntry",
            "Another Listener on this Load Balancer is already using protocol %s and protocol_port %s"),
    DUPLICATE_POOL(Category.CONFLICT, "DuplicatePoolEntry", "This Listener already has a default pool"),
    DUPLICATE_MEMBER(
            Category.CONFLICT,
            "DuplicateMemberEntry",
            "Another member on this pool is already using ip %s on protocol_port %s"),
    TUNNEL_ADDRESS_IN_USE(Category.CONFLICT, "TunnelAddressInUse", "The tunnel address %s is in use by another node."),
    NODE_IN_USE(Category.CONFLICT, "AgentInUse", "Agent %s is in use: ports are bound to it."),

    /** The revision number that the caller expected is not the current one. */
    REVISION_MISMATCH(
            Category.PRECONDITION, "RevisionNumberConstraintFailed", "Constrained to %s, but current revision is %s"),
    /** Others were always faster; the request had no effect and may be repeated. */
    RETRIES_EXHAUSTED(
            Category.UNAVAILABLE, "RetryRequest", "The request could not be completed against concurrent changes: %s."),

    SUBNET_POOL_QUOTA_EXCEEDED(
            Category.QUOTA, "SubnetPoolQuotaExceeded", "Per-tenant subnet pool prefix quota exceeded."),
    OVER_QUOTA(Category.QUOTA, "OverQuota", "Quota exceeded for resources: %s."),

    NO_NETWORK_AVAILABLE(
            Category.UNAVAILABLE,
            "NoNetworkAvailable",
            "Unable to create the network. No tenant network is available for allocation."),
    STORE_UNAVAILABLE(Category.UNAVAILABLE, "ServiceUnavailable", "The service is unavailable: %s."),
    INTERNAL(Category.INTERNAL, "HTTPInternalServerError", "Request Failed: internal server error (%s).");

    /** What a caller can do about a problem. */
    public enum Category {
        /** Name something that exists (404). */
        NOT_FOUND,
        /** Ask somebody with more rights (403). */
        FORBIDDEN,
        /** Ask differently (400). */
        USER,
        /** Change what stands in the way (409). */
        CONFLICT,
        /** Read again, then repeat (412). */
        PRECONDITION,
        /** Free something or ask for a higher limit (409 in Neutron). */
        QUOTA,
        /** Wait, then repeat (503). */
        UNAVAILABLE,
        /** Report it (500). */
        INTERNAL
    }

    private final Category category;
    private final String type;
    private final String template;

    Problem(Category category, String type, String template) {
        this.category = category;
        this.type = type;
        this.template = template;
    }

    public Category category() {
        return category;
    }

    /** Neutron's name of the error. */
    public String type() {
        return type;
    }

    /** The message with its places filled. */
    public String message(Object... arguments) {
        return arguments.length == 0 ? template : String.format(template, arguments);
    }

    /** An exception of this problem. */
    public DomainException with(Object... arguments) {
        return new DomainException(this, arguments);
    }
}
