# Four layers in each zone: public for load balancers and NAT, private for nodes and pods, control for the network
# interfaces of the EKS control plane, and database, which has no way out.

locals {
  # Of the /16: 0-47 private (/20 each), 48-51 public (/24), 52-55 database (/24), 56 control (/28).
  private  = { for index, zone in var.zones : zone => cidrsubnet(var.cidr, 4, index) }
  public   = { for index, zone in var.zones : zone => cidrsubnet(var.cidr, 8, 48 + index) }
  database = { for index, zone in var.zones : zone => cidrsubnet(var.cidr, 8, 52 + index) }
  control  = { for index, zone in var.zones : zone => cidrsubnet(var.cidr, 12, 56 * 16 + index) }

  nat_zones = var.nat_per_zone ? var.zones : [var.zones[0]]
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

# Whatever is made without a security group gets this one, which lets nothing through.
resource "aws_default_security_group" "closed" {
  vpc_id  = aws_vpc.this.id
  ingress = []
  egress  = []

  tags = { Name = "${var.name}-default-closed" }
}

resource "aws_subnet" "private" {
  for_each = local.private

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.name}-private-${each.key}", "kubernetes.io/role/internal-elb" = "1" }
}

resource "aws_subnet" "public" {
  for_each = local.public

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = each.value
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-public-${each.key}", "kubernetes.io/role/elb" = "1" }
}

resource "aws_subnet" "database" {
  for_each = local.database

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.name}-database-${each.key}" }
}

resource "aws_subnet" "control" {
  for_each = local.control

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.name}-control-${each.key}" }
}
